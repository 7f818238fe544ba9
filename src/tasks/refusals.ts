/** What every driver of the task store answers when it cannot do what was asked. */

import { Problem } from '../lib/problem.ts'

export const leaseLost = (): Problem =>
  new Problem({
    kind: 'lease-lost',
    code: 'tasks/lease-lost',
    text: 'Another process has taken over the work; nothing was written.',
  })

export const moved = (task: string): Problem =>
  new Problem({
    kind: 'conflict',
    code: 'tasks/moved',
    text: `Task ${task} was changed in the meantime; read it again.`,
    facts: { task },
  })

export const busy = (subject: string, task: string): Problem =>
  new Problem({
    kind: 'conflict',
    code: 'tasks/busy',
    text: `Task ${task} of the same subject is not finished yet.`,
    facts: { subject, task },
  })

export const commandOpen = (task: string, command: string): Problem =>
  new Problem({
    kind: 'conflict',
    code: 'tasks/command-open',
    text: `Task ${task} has not taken up the previous request yet; ask again when it has.`,
    facts: { task, command },
  })

export const alreadyFinished = (task: string): Problem =>
  new Problem({ kind: 'conflict', code: 'tasks/finished', text: `Task ${task} is finished.`, facts: { task } })

export const unknownTask = (task: string): Problem =>
  new Problem({ kind: 'not-found', code: 'tasks/unknown', text: `There is no task ${task}.`, facts: { task } })
