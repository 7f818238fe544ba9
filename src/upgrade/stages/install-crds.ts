import { sentences } from '../reason.ts'
import { defineStage } from '../stage.ts'

const says = sentences('install-crds', {
  applying: 'Bringing {count} CRDs to {version}: {names}. They are shared and never go back.',
  waiting: 'These CRDs are not as the charts of {version} have them yet: {names}.',
  ready: 'All {count} CRDs are as the charts of {version} have them.',
})

/** How long a write may take to be seen before it is made again. */
const patienceMs = 10_000

/** A 1.31 istiod on 1.22 CRDs never gets ready, so they come before it. */
export const installCrds = defineStage({
  id: 'install-crds',
  title: 'Bring the CRDs to the target version',
  reads: [],
  says,
  asks: ({ upgrade }) =>
    upgrade.mesh.clusters.map((cluster) => ({
      ask: 'crds' as const,
      cluster,
      version: upgrade.to.version,
      release: upgrade.baseRelease,
    })),
  forward({ upgrade, answers, now }) {
    const { version } = upgrade.to
    let count = 0
    for (const [index, cluster] of upgrade.mesh.clusters.entries()) {
      const crds = answers[index]
      if (crds?.ask !== 'crds')
        return { kind: 'wait', lookAgainInMs: 1000, because: says.say.waiting({ version, names: [] }) }
      count += crds.all.length
      if (crds.behind.length === 0) continue
      const names = crds.behind
      if (upgrade.waiting.on === 'install-crds applied' && now - upgrade.actedAt < patienceMs)
        return { kind: 'wait', lookAgainInMs: 500, because: says.say.waiting({ version, names }), about: 'applied' }
      return {
        kind: 'act',
        because: says.say.applying({ count: names.length, version, names }),
        about: 'applied',
        actions: [{ do: 'apply-crds', cluster, version, release: upgrade.baseRelease }],
      }
    }
    return { kind: 'done', because: says.say.ready({ count, version }) }
  },
})
