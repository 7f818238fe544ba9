/** Where the directory is kept and changed: every rule about users, groups, projects, keys, policies and grants. */

import type {
  GrantCreate,
  GroupCreate,
  KeyChange,
  KeyCreate,
  MadeKey,
  PolicyChange,
  PolicyCreate,
  ProjectCreate,
  UserChange,
  UserCreate,
} from '../../contract/iam.ts'
import type { Named } from '../caller.ts'
import type { AccessKey, Directory, Grant, Group, User, WrittenPolicy } from './directory.ts'

/**
 * Ids everywhere. invalid names the field; not-found; conflict for a name that is taken, for what is still used, and for
 * the last administrator. Changes go one after the other; each is stored before it is seen.
 */
export interface Office {
  /** As it is now. */
  readonly directory: Directory
  createUser(asked: UserCreate): Promise<User>
  changeUser(id: string, asked: UserChange): Promise<User>
  removeUser(id: string): Promise<User>
  createGroup(asked: GroupCreate): Promise<Group>
  removeGroup(id: string): Promise<Group>
  joinGroup(group: string, user: string): Promise<Group>
  leaveGroup(group: string, user: string): Promise<Group>
  createProject(asked: ProjectCreate): Promise<Named>
  /** @param inUse what is still in it, in words; undefined when it is empty */
  removeProject(id: string, inUse: string | undefined): Promise<Named>
  createEnterpriseProject(asked: ProjectCreate): Promise<Named>
  removeEnterpriseProject(id: string, inUse: string | undefined): Promise<Named>
  createKey(asked: KeyCreate): Promise<MadeKey>
  changeKey(access: string, asked: KeyChange): Promise<AccessKey>
  removeKey(access: string): Promise<AccessKey>
  createPolicy(asked: PolicyCreate): Promise<WrittenPolicy>
  changePolicy(id: string, asked: PolicyChange): Promise<WrittenPolicy>
  removePolicy(id: string): Promise<WrittenPolicy>
  createGrant(asked: GrantCreate): Promise<Grant>
  removeGrant(id: string): Promise<Grant>
}
