/** `job`: a started step with everything it works on. */

import { Command } from 'commander'
import type { Job } from '../../contract/jobs.ts'
import { Problem } from '../../lib/problem.ts'
import type { Cli } from '../cli.ts'
import { exitCodes } from '../exit-codes.ts'
import { findUpgrade } from '../find.ts'
import type { Paint } from '../print.ts'
import type { Session } from '../session.ts'

export const jobCommand = (cli: Cli): Command =>
  new Command('job')
    .summary('see a started step with everything it works on')
    .argument('[job]', 'id of a job, subjob or upgrade, or a mesh; not needed where there is only one upgrade')
    .addHelpText(
      'after',
      `
Examples:
  meshlift job shop
  meshlift job 7f6b1a52-5d0e-4b0f-9c39-0c5a4f5d3c11 --output json`,
    )
    .action((asked: string | undefined, _: unknown, command: Command) =>
      cli.withServer(command, async ({ session, signal, print }) => {
        const job = await findJob(session, asked, signal)
        print.result(job, jobLines(job, 0, print.paint))
        return exitCodes.done
      }),
    )

async function findJob(session: Session, asked: string | undefined, signal: AbortSignal): Promise<Job> {
  if (asked !== undefined) {
    try {
      return await session.call('getJob', { job_id: asked }, signal)
    } catch (thrown) {
      // A mesh or an upgrade was named, then.
      if (!(thrown instanceof Problem && thrown.kind === 'not-found')) throw thrown
    }
  }
  const { id } = await findUpgrade(session, asked, signal)
  return session.call('getJob', { job_id: id }, signal)
}

function jobLines({ metadata, spec, status }: Job, depth: number, paint: Paint): readonly string[] {
  const title = [spec.type, spec.resourceName].filter(Boolean).join(' ')
  const line = `${'  '.repeat(depth)}${title}  ${status.phase}  ${status.reason}`.trimEnd()
  return [
    `${line}  ${paint('dim', metadata.uid)}`,
    ...(spec.subjobs ?? []).flatMap((subjob) => jobLines(subjob, depth + 1, paint)),
  ]
}
