import { defineCheck } from '../check.ts'
import { isNewer } from '../istio/versions.ts'
import { sentences } from '../reason.ts'

const says = sentences('base-newer', {
  newer:
    'Helm release {release} is already at base {chart}, newer than the target {version}: its CRDs would go back, and fields in use would be lost. Ask for {chart} or newer.',
})

/** CRDs go forward only (P14): the target's would be written over newer ones. */
export const baseNewer = defineCheck({
  id: 'base-newer',
  title: 'The CRDs that are there are not newer than the target',
  gate: 'start',
  weight: 'blocks',
  reads: ['releases'],
  says,
  look: ({ upgrade, seen }) =>
    seen.releases
      .filter((release) => release.chart === 'base' && isNewer(release.chartVersion, upgrade.to.version))
      .map((release) => ({
        about: `istio-system/${release.name}`,
        because: says.say.newer({ release: release.name, chart: release.chartVersion, version: upgrade.to.version }),
      })),
})
