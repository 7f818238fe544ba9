/** The values that a revision's chart is rendered and installed with; one place, so that what is shown is what is installed. */

import { isRecord } from '../lib/json.ts'

type Values = Readonly<Record<string, unknown>>

/** Revision and image tag are the upgrade's, whatever the values say; tags of the old release would be taken over by the install, so they are left out. */
export function installValues(
  values: Values,
  { revision, version }: { readonly revision: string; readonly version: string },
): Values {
  const { revisionTags: _revisionTags, ...rest } = values
  const global = isRecord(rest['global']) ? rest['global'] : {}
  return { ...rest, revision, global: { ...global, tag: version } }
}
