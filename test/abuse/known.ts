/** What must be there, by the answers: made by a success, and not removed by another one. */

export type Kind =
  | 'user'
  | 'group'
  | 'project'
  | 'enterprise project'
  | 'key'
  | 'policy'
  | 'grant'
  | 'cluster'
  | 'mesh'
  | 'upgrade'

// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any

/** An answer, and when it was asked for and came, in milliseconds. */
export interface Told {
  readonly value: Json
  readonly from: number
  readonly to: number
}

export interface Thing {
  readonly id: string
  /** Of the request that made it. */
  readonly project: string
  /** As it was answered last. */
  value: Json
  /** Every way in which it was answered. */
  readonly seen: Told[]
}

export interface Known {
  of(kind: Kind): readonly Thing[]
  made(kind: Kind, id: string, project: string, told: Told): void
  changed(kind: Kind, id: string, told: Told): void
  gone(kind: Kind, id: string): void
}

export function known(): Known {
  const things = new Map<Kind, Map<string, Thing>>()
  // Two answers may overtake each other: what was removed is not there again because of an older one.
  const removed = new Set<string>()
  const row = (kind: Kind): Map<string, Thing> => {
    const found = things.get(kind) ?? new Map<string, Thing>()
    things.set(kind, found)
    return found
  }
  return {
    of: (kind) => [...row(kind).values()],
    made(kind, id, project, told) {
      if (!removed.has(`${kind} ${id}`)) row(kind).set(id, { id, project, value: told.value, seen: [told] })
    },
    changed(kind, id, told) {
      const thing = row(kind).get(id)
      if (!thing) return
      thing.value = told.value
      thing.seen.push(told)
    },
    gone(kind, id) {
      removed.add(`${kind} ${id}`)
      row(kind).delete(id)
      // With it goes what nobody asked to remove.
      if (kind === 'user') {
        for (const key of row('key').values()) if (key.value.user === id) this.gone('key', key.id)
        for (const grant of row('grant').values()) if (grant.value.user === id) this.gone('grant', grant.id)
      }
      if (kind === 'group')
        for (const grant of row('grant').values()) if (grant.value.group === id) this.gone('grant', grant.id)
    },
  }
}

/** What it may be now: of answers that came before another one was asked for, none. */
export const latest = ({ seen }: Thing): readonly Json[] =>
  seen.filter((one) => !seen.some((other) => other.from > one.to)).map(({ value }) => value)

export interface Learnt extends Omit<Told, 'value'> {
  readonly project: string
  readonly sent: () => Json
  readonly answer: Json
}

/** What became of what, by an operation that was answered with success. */
export function learn(things: Known, operation: string, { project, sent, answer, from, to }: Learnt): void {
  const [, verb = '', kind] = /^(create|add|change|remove|Create|Delete)(.+)$/.exec(operation) ?? []
  const what = kinds[kind ?? '']
  const told = { value: answer, from, to }
  if (operation === 'joinGroup' || operation === 'leaveGroup') things.changed('group', answer.id, told)
  else if (operation === 'moveMesh') things.changed('mesh', answer.metadata.uid, told)
  else if (operation === 'UpdateCanaryUpgrade') things.changed('upgrade', answer.metadata.uid, told)
  else if (what === undefined) return
  else {
    const id: string = answer.id ?? answer.access ?? answer.metadata.uid
    if (/^(remove|Delete)$/.test(verb)) things.gone(what, id)
    else if (verb === 'change') things.changed(what, id, told)
    // Of a key the answer has only its two halves.
    else if (what === 'key')
      things.made(what, id, project, { ...told, value: { access: answer.access, user: sent().user, enabled: true } })
    else things.made(what, id, project, told)
  }
}

const kinds: Readonly<Record<string, Kind>> = {
  User: 'user',
  Group: 'group',
  Project: 'project',
  EnterpriseProject: 'enterprise project',
  Key: 'key',
  Policy: 'policy',
  Grant: 'grant',
  Cluster: 'cluster',
  Mesh: 'mesh',
  CanaryUpgrade: 'upgrade',
}
