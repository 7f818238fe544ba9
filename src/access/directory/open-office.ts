/** The office at work: every change in turn, by the rules beside it, stored before it is seen. */

import { inTurn } from '../../lib/in-turn.ts'
import type { Clock } from '../../lib/clock.ts'
import { Problem } from '../../lib/problem.ts'
import { hashPassword } from '../password.ts'
import { hexId, newAccess, newSecret } from '../secrets/random.ts'
import type { Seal } from '../secrets/sealing.ts'
import { applied } from './apply.ts'
import type { Directory, WrittenPolicy } from './directory.ts'
import type { Office } from './office.ts'
import * as people from './people.ts'
import type { Made } from './people.ts'
import * as rights from './rights.ts'
import type { DirectoryStore } from './store.ts'

export interface OfficeNeeds {
  readonly store: DirectoryStore
  readonly seal: Seal
  readonly clock: Pick<Clock, 'now'>
  /** Throws invalid naming the element. */
  readonly checkPolicy: (document: unknown) => '1.1' | '5.0'
  readonly systemPolicies: readonly WrittenPolicy[]
}

/**
 * Throws bug (`access/no-directory`) where nobody was admitted yet, and invalid (`access/other-key-file`) where the
 * directory was begun with another key file.
 */
export async function openOffice({ store, seal, clock, checkPolicy, systemPolicies }: OfficeNeeds): Promise<Office> {
  let current = await begun(store, seal)
  const turn = inTurn()

  const change = <Row>(rule: (directory: Directory) => Made<Row>): Promise<Row> =>
    turn('directory', async () => {
      const { changes, row } = rule(current)
      if (changes.length > 0) {
        await store.write(changes)
        current = applied(current, changes) ?? current
      }
      return row
    })

  return {
    get directory() {
      return current
    },

    async createUser({ name, password, administrator }) {
      const passwordHash = await hashed(password)
      const user = {
        id: hexId(),
        name,
        enabled: true,
        administrator: administrator ?? false,
        generation: 1,
        createdAt: clock.now(),
        ...(passwordHash === undefined ? {} : { passwordHash }),
      }
      return change((directory) => people.userMade(directory, user))
    },
    async changeUser(id, { password, ...asked }) {
      const passwordHash = await hashed(password)
      return change((directory) => people.userChanged(directory, id, asked, passwordHash))
    },
    removeUser: (id) => change((directory) => people.userRemoved(directory, id)),

    createGroup: ({ name }) => change((directory) => people.groupMade(directory, { id: hexId(), name, members: [] })),
    removeGroup: (id) => change((directory) => people.groupRemoved(directory, id)),
    joinGroup: (group, user) => change((directory) => people.groupJoined(directory, group, user)),
    leaveGroup: (group, user) => change((directory) => people.groupLeft(directory, group, user)),

    createProject: ({ name }) => change((directory) => rights.projectMade(directory, { id: hexId(), name })),
    removeProject: (id, inUse) => change((directory) => rights.projectRemoved(directory, id, inUse)),
    createEnterpriseProject: ({ name }) =>
      change((directory) => rights.enterpriseProjectMade(directory, { id: hexId(), name })),
    removeEnterpriseProject: (id, inUse) =>
      change((directory) => rights.enterpriseProjectRemoved(directory, id, inUse)),

    async createKey({ user, description }) {
      const access = newAccess()
      const secret = newSecret()
      const key = {
        access,
        user,
        sealed: seal.seal(secret, access),
        enabled: true,
        createdAt: clock.now(),
        ...(description === undefined ? {} : { description }),
      }
      await change((directory) => people.keyMade(directory, key))
      return { access, secret }
    },
    changeKey: (access, { enabled }) => change((directory) => people.keyChanged(directory, access, enabled)),
    removeKey: (access) => change((directory) => people.keyRemoved(directory, access)),

    createPolicy: ({ name, document }) =>
      change((directory) => {
        const policy = { id: hexId(), name, version: checkPolicy(document), document }
        return rights.policyMade(directory, systemPolicies, policy)
      }),
    changePolicy: (id, { document }) =>
      change((directory) =>
        rights.policyChanged(directory, systemPolicies, id, { version: checkPolicy(document), document }),
      ),
    removePolicy: (id) => change((directory) => rights.policyRemoved(directory, systemPolicies, id)),
    createGrant: (asked) =>
      change((directory) => rights.grantMade(directory, systemPolicies, { id: hexId(), ...asked })),
    removeGrant: (id) => change((directory) => rights.grantRemoved(directory, id)),
  }
}

const hashed = async (password: string | undefined): Promise<string | undefined> =>
  password === undefined ? undefined : hashPassword(password)

/** Put beside the domain at the first start, so that another key file is noticed at once and not at the first signature. */
async function begun(store: DirectoryStore, seal: Seal): Promise<Directory> {
  const directory = await store.read()
  if (directory === undefined)
    throw new Problem({ kind: 'bug', code: 'access/no-directory', text: 'Nobody was admitted before the door opened.' })
  const { domain, proof } = directory
  if (proof === undefined) {
    const changes = [{ put: 'domain', row: { ...domain, proof: seal.seal(domain.name, domain.id) } }] as const
    await store.write(changes)
    return applied(directory, changes) ?? directory
  }
  try {
    seal.open(proof, domain.id)
    return directory
  } catch (thrown) {
    throw new Problem({
      kind: 'invalid',
      code: 'access/other-key-file',
      text: 'The key file is not the one that this data folder was begun with; put that one back, or access keys and the audit log cannot be read.',
      cause: thrown,
    })
  }
}
