/** Policies that are always there (asm-api 8.2); the documents tell them apart by a space. */

import type { WrittenPolicy } from '../directory/directory.ts'
import type { Version } from './compiled.ts'

const everything = ['asm:*:*', 'meshlift:*:*']

/** Reading a task through the documented GET needs the write action, as documented; describeUpgrade does not. */
const reading = [
  'asm:mesh:get',
  'asm:mesh:list',
  'asm:mesh:getUpgradeJob',
  'meshlift:upgrade:get',
  'meshlift:upgrade:list',
  'meshlift:cluster:get',
  'meshlift:cluster:list',
]

const written = (id: string, name: string, version: Version, actions: readonly string[]): WrittenPolicy => ({
  id,
  name,
  version,
  document: { Version: version, Statement: [{ Effect: 'Allow', Action: actions }] },
})

export const systemPolicies: readonly WrittenPolicy[] = [
  written('asm-full-access-1', 'ASM FullAccess', '1.1', everything),
  written('asm-read-only-access-1', 'ASM ReadOnlyAccess', '1.1', reading),
  written('asm-full-access-5', 'ASMFullAccess', '5.0', everything),
  written('asm-read-only-access-5', 'ASMReadOnlyAccess', '5.0', reading),
]
