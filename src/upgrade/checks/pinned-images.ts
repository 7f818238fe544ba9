import { isRecord } from '../../lib/json.ts'
import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'
import { releaseOf } from '../facts/seen.ts'
import { valuesFor } from '../facts/values.ts'

const says = sentences('pinned-images', {
  pinned:
    'Helm release {release} sets {value}; the new control plane would take it over and run that image instead of {version}. Take it out of the values, or set it for {version} in the values file of the mesh.',
})

/** Where the istiod chart lets an image be named past `global.tag`: a tag of its own, or a whole image with one. */
const places = [
  { path: ['pilot', 'tag'], whole: false },
  { path: ['pilot', 'image'], whole: true },
  { path: ['global', 'proxy', 'image'], whole: true },
  { path: ['global', 'proxy_init', 'image'], whole: true },
] as const

/** The values of the old release go to the new one but for what names the revision (decision record 4): an image named there would too. */
export const pinnedImages = defineCheck({
  id: 'pinned-images',
  title: 'The values that are taken over name no image of their own',
  gate: 'start',
  weight: 'blocks',
  reads: ['releases'],
  says,
  look({ upgrade, seen, values: override }) {
    const { from, to } = upgrade
    return upgrade.mesh.clusters.flatMap((cluster) => {
      const old = releaseOf(seen.releases, cluster, from.release)
      const values = old ? valuesFor(old, to, override) : {}
      return places.flatMap(({ path, whole }) => {
        const found = at(values, path)
        // A bare image name takes the tag of the target; a path with a tag, or a tag of another version, does not.
        const pinned = whole ? /[/].*:/.test(found) : found !== '' && found !== to.version
        const value = path.join('.')
        return pinned
          ? [{ about: value, because: says.say.pinned({ release: from.release, value, version: to.version }) }]
          : []
      })
    })
  },
})

function at(values: unknown, path: readonly string[]): string {
  let found: unknown = values
  for (const key of path) found = isRecord(found) ? found[key] : undefined
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}
