/** Every route's handler. Rules that span several requests share the turns that are made here. */

import { clusterHandlers } from './clusters.ts'
import { extensionHandlers } from './extensions.ts'
import type { Handlers } from './handler.ts'
import { auditHandlers } from './iam/audit.ts'
import { explanationHandlers } from './iam/explanations.ts'
import { groupHandlers } from './iam/groups.ts'
import { keyHandlers } from './iam/keys.ts'
import { policyHandlers } from './iam/policies.ts'
import { projectHandlers } from './iam/projects.ts'
import { userHandlers } from './iam/users.ts'
import { jobHandlers } from './jobs.ts'
import { meshHandlers } from './meshes.ts'
import type { Parts } from './parts.ts'
import { tokenHandlers } from './tokens.ts'
import { turns } from './turns.ts'
import { upgradeHandlers } from './upgrades.ts'

export function handlersOf(parts: Parts): Handlers {
  const shared = turns()
  return {
    ...tokenHandlers(parts),
    ...upgradeHandlers(parts, shared),
    ...jobHandlers(parts),
    ...meshHandlers(parts, shared),
    ...clusterHandlers(parts, shared),
    ...extensionHandlers(parts),
    ...userHandlers(parts),
    ...groupHandlers(parts),
    ...projectHandlers(parts, shared),
    ...keyHandlers(parts),
    ...policyHandlers(parts),
    ...explanationHandlers(parts),
    ...auditHandlers(parts),
  }
}
