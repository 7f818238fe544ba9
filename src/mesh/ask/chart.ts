/** Is helm there, and do the target's charts render with the values that the install would use? */

import { problemFrom } from '../../lib/problem.ts'
import type { ProblemKind } from '../../lib/problem.ts'
import { istioNamespace } from '../../upgrade/mesh.ts'
import type { Answer } from '../../upgrade/mesh.ts'
import type { Helm } from '../cluster.ts'
import { installValues } from '../install-values.ts'
import { text } from '../observe/read.ts'

export interface ChartQuestion {
  readonly version: string
  readonly revision: string
  readonly release: string
  readonly values: Readonly<Record<string, unknown>>
}

type ChartAnswer = Extract<Answer, { ask: 'chart' }>

/** No helm, a chart that cannot be pulled or that fails is the answer (`problem`), not an error of the question. */
export async function askChart(helm: Helm, question: ChartQuestion, signal: AbortSignal): Promise<ChartAnswer> {
  const { version, revision, release, values } = question
  const namespace = istioNamespace
  let program: string | undefined
  try {
    program = await helm.version(signal)
    // The release's name changes nothing that is looked at here.
    await helm.template({ name: 'istio-base', namespace }, { chart: 'base', version }, {}, signal)
    const rendered = await helm.template(
      { name: release, namespace },
      { chart: 'istiod', version },
      installValues(values, { revision, version }),
      signal,
    )
    const name = revision === 'default' ? 'istio' : `istio-${revision}`
    const map = rendered.find((one) => one.kind === 'ConfigMap' && one.metadata.name === name)
    const meshConfig = text(map, 'data', 'mesh')
    return { ask: 'chart', helm: program, ...(meshConfig !== undefined && { meshConfig }) }
  } catch (thrown) {
    const problem = problemFrom(thrown)
    if (!isAnswer(problem.kind)) throw problem
    return { ask: 'chart', ...(program !== undefined && { helm: program }), problem: problem.message }
  }
}

function isAnswer(kind: ProblemKind): boolean {
  return kind === 'not-found' || kind === 'unavailable' || kind === 'rejected'
}
