/** Policies, those of the program first, and who has them. */

import type { Grant as KeptGrant, WrittenPolicy } from '../../access/directory/directory.ts'
import { found } from '../../access/directory/found.ts'
import { systemPolicies } from '../../access/policy/system.ts'
import type { Grant, Policy } from '../../contract/iam.ts'
import type { Handlers } from '../handler.ts'
import type { Parts } from '../parts.ts'

type Names = Policies | Grants
type Policies = 'createPolicy' | 'listPolicies' | 'getPolicy' | 'changePolicy' | 'removePolicy'
type Grants = 'createGrant' | 'listGrants' | 'removeGrant'

export function policyHandlers(parts: Pick<Parts, 'access'>): Handlers<Names> {
  return { ...ofPolicies(parts), ...ofGrants(parts) }
}

function ofPolicies({ access: { office } }: Pick<Parts, 'access'>): Handlers<Policies> {
  const before = (id: string) => {
    const policy = office.directory.policies.get(id)
    return policy && shown(policy)
  }
  return {
    createPolicy: async ({ body }) => shown(await office.createPolicy(body)),
    listPolicies: async () => ({ items: [...systemPolicies, ...office.directory.policies.values()].map(shown) }),
    getPolicy: async ({ params: { policy_id: id } }) =>
      shown(systemPolicies.find((one) => one.id === id) ?? found(office.directory.policies, 'policy', id)),
    async changePolicy({ params, body, was }) {
      was(before(params.policy_id))
      return shown(await office.changePolicy(params.policy_id, body))
    },
    async removePolicy({ params, was }) {
      was(before(params.policy_id))
      return shown(await office.removePolicy(params.policy_id))
    },
  }
}

function ofGrants({ access: { office } }: Pick<Parts, 'access'>): Handlers<Grants> {
  return {
    createGrant: async ({ body }) => shownGrant(await office.createGrant(body)),
    listGrants: async () => ({ items: [...office.directory.grants.values()].map(shownGrant) }),
    async removeGrant({ params, was }) {
      const grant = office.directory.grants.get(params.grant_id)
      was(grant && shownGrant(grant))
      return shownGrant(await office.removeGrant(params.grant_id))
    },
  }
}

const shown = ({ id, name, version, document }: WrittenPolicy): Policy => ({
  id,
  name,
  system: systemPolicies.some((one) => one.id === id),
  version,
  document,
})

const shownGrant = ({ id, policy, user, group, project, enterpriseProject }: KeptGrant): Grant => ({
  id,
  policy,
  ...(user === undefined ? {} : { user }),
  ...(group === undefined ? {} : { group }),
  ...(project === undefined ? {} : { project }),
  ...(enterpriseProject === undefined ? {} : { enterpriseProject }),
})
