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

export interface Thing {
  readonly id: string
  /** Of the request that made it. */
  readonly project: string
  /** As it was answered last. */
  value: Json
  /** Every way in which it was answered. */
  readonly seen: Json[]
}

export interface Known {
  of(kind: Kind): readonly Thing[]
  made(kind: Kind, id: string, project: string, value: Json): void
  changed(kind: Kind, id: string, value: Json): void
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
    made(kind, id, project, value) {
      if (!removed.has(`${kind} ${id}`)) row(kind).set(id, { id, project, value, seen: [value] })
    },
    changed(kind, id, value) {
      const thing = row(kind).get(id)
      if (!thing) return
      thing.value = value
      thing.seen.push(value)
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

/** What became of what, by an operation that was answered with success. */
export function learn(
  things: Known,
  operation: string,
  { project, sent, answer }: { readonly project: string; readonly sent: () => Json; readonly answer: Json },
): void {
  const [, verb = '', kind] = /^(create|add|change|remove|Create|Delete)(.+)$/.exec(operation) ?? []
  const what = kinds[kind ?? '']
  if (operation === 'joinGroup' || operation === 'leaveGroup') things.changed('group', answer.id, answer)
  else if (operation === 'moveMesh') things.changed('mesh', answer.metadata.uid, answer)
  else if (operation === 'UpdateCanaryUpgrade') things.changed('upgrade', answer.metadata.uid, answer)
  else if (what === undefined) return
  else {
    const id: string = answer.id ?? answer.access ?? answer.metadata.uid
    if (/^(remove|Delete)$/.test(verb)) things.gone(what, id)
    else if (verb === 'change') things.changed(what, id, answer)
    // Of a key the answer has only its two halves.
    else things.made(what, id, project, what === 'key' ? { access: answer.access, user: sent().user } : answer)
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
