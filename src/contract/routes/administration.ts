/** Users, groups, projects, keys, policies and the audit log: for administrators. */

import {
  AuditList,
  AuditQuery,
  AuditVerification,
  EnterpriseProject,
  EnterpriseProjectList,
  Explanation,
  ExplainRequest,
  Grant,
  GrantCreate,
  GrantList,
  Group,
  GroupCreate,
  GroupList,
  Key,
  KeyChange,
  KeyCreate,
  KeyList,
  KeyListQuery,
  MadeKey,
  Policy,
  PolicyChange,
  PolicyCreate,
  PolicyList,
  Project,
  ProjectCreate,
  ProjectList,
  User,
  UserChange,
  UserCreate,
  UserList,
} from '../iam.ts'
import type { Route } from '../route.ts'

const iam = '/meshlift/v1/iam'
const get = { method: 'GET', family: 'ours', needs: 'administrator', status: 200 } as const
const post = { method: 'POST', family: 'ours', needs: 'administrator', status: 201 } as const
const put = { method: 'PUT', family: 'ours', needs: 'administrator', status: 200 } as const
/** Answers with what was removed. */
const remove = { method: 'DELETE', family: 'ours', needs: 'administrator', status: 200 } as const

export const administrationRoutes = {
  createUser: { ...post, path: `${iam}/users`, summary: 'Make a user.', body: UserCreate, answer: User },
  listUsers: { ...get, path: `${iam}/users`, summary: 'List users.', answer: UserList },
  changeUser: {
    ...put,
    path: `${iam}/users/{user_id}`,
    summary: 'Change the password of a user, disable it, make it an administrator; its tokens end.',
    body: UserChange,
    answer: User,
  },
  removeUser: {
    ...remove,
    path: `${iam}/users/{user_id}`,
    summary: 'Remove a user with its keys and tokens.',
    answer: User,
  },

  createGroup: { ...post, path: `${iam}/groups`, summary: 'Make a group.', body: GroupCreate, answer: Group },
  listGroups: { ...get, path: `${iam}/groups`, summary: 'List groups with their members.', answer: GroupList },
  removeGroup: { ...remove, path: `${iam}/groups/{group_id}`, summary: 'Remove a group.', answer: Group },
  joinGroup: {
    ...put,
    path: `${iam}/groups/{group_id}/members/{user_id}`,
    summary: 'Put a user into a group.',
    answer: Group,
  },
  leaveGroup: {
    ...remove,
    path: `${iam}/groups/{group_id}/members/{user_id}`,
    summary: 'Take a user out of a group.',
    answer: Group,
  },

  createProject: { ...post, path: `${iam}/projects`, summary: 'Make a project.', body: ProjectCreate, answer: Project },
  listProjects: { ...get, path: `${iam}/projects`, summary: 'List projects.', answer: ProjectList },
  removeProject: {
    ...remove,
    path: `${iam}/projects/{project}`,
    summary: 'Remove a project without clusters, meshes and upgrades.',
    answer: Project,
  },
  createEnterpriseProject: {
    ...post,
    path: `${iam}/enterprise-projects`,
    summary: 'Make an enterprise project.',
    body: ProjectCreate,
    answer: EnterpriseProject,
  },
  listEnterpriseProjects: {
    ...get,
    path: `${iam}/enterprise-projects`,
    summary: 'List enterprise projects.',
    answer: EnterpriseProjectList,
  },
  removeEnterpriseProject: {
    ...remove,
    path: `${iam}/enterprise-projects/{enterprise_project_id}`,
    summary: 'Remove an enterprise project without meshes.',
    answer: EnterpriseProject,
  },

  createKey: {
    ...post,
    path: `${iam}/keys`,
    summary: 'Make an access key; its secret is shown in this answer and never again.',
    body: KeyCreate,
    answer: MadeKey,
    once: ['secret'],
  },
  listKeys: { ...get, path: `${iam}/keys`, summary: 'List access keys.', query: KeyListQuery, answer: KeyList },
  changeKey: {
    ...put,
    path: `${iam}/keys/{access}`,
    summary: 'Disable or enable an access key.',
    body: KeyChange,
    answer: Key,
  },
  removeKey: { ...remove, path: `${iam}/keys/{access}`, summary: 'Remove an access key.', answer: Key },

  createPolicy: { ...post, path: `${iam}/policies`, summary: 'Write a policy.', body: PolicyCreate, answer: Policy },
  listPolicies: { ...get, path: `${iam}/policies`, summary: 'List policies.', answer: PolicyList },
  getPolicy: { ...get, path: `${iam}/policies/{policy_id}`, summary: 'See a policy.', answer: Policy },
  changePolicy: {
    ...put,
    path: `${iam}/policies/{policy_id}`,
    summary: 'Write a policy anew.',
    body: PolicyChange,
    answer: Policy,
  },
  removePolicy: {
    ...remove,
    path: `${iam}/policies/{policy_id}`,
    summary: 'Remove a policy that nobody has.',
    answer: Policy,
  },
  createGrant: {
    ...post,
    path: `${iam}/grants`,
    summary: 'Give a policy to a user or a group.',
    body: GrantCreate,
    answer: Grant,
  },
  listGrants: { ...get, path: `${iam}/grants`, summary: 'List who has which policy.', answer: GrantList },
  removeGrant: { ...remove, path: `${iam}/grants/{grant_id}`, summary: 'Take a policy back.', answer: Grant },
  explain: {
    ...post,
    path: `${iam}/explanations`,
    summary: 'Say whether a user may do something, and which statement decides.',
    body: ExplainRequest,
    status: 200,
    answer: Explanation,
    looks: true,
  },

  listAudit: { ...get, path: `${iam}/audit`, summary: 'Read the audit log.', query: AuditQuery, answer: AuditList },
  verifyAudit: {
    ...get,
    path: `${iam}/audit/verification`,
    summary: 'See whether the audit log is as it was written.',
    answer: AuditVerification,
  },
} as const satisfies Readonly<Record<string, Route>>
