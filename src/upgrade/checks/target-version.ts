import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'

const says = sentences('target-version', {
  refused: 'Control plane {revision} cannot go from {from} to {to}: {why}. Ask for a version that is allowed.',
  unknown:
    'The version of control plane {revision} cannot be read: its image has no tag. Give its image a version tag, so that it can be told where it may go.',
})

export const targetVersion = defineCheck({
  id: 'target-version',
  title: 'The control plane may go from its version to the target',
  gate: 'start',
  weight: 'blocks',
  reads: [],
  says,
  look({ upgrade, catalogue }) {
    const { from, to } = upgrade
    if (from.revision === '') return []
    if (from.version === '') return [{ about: from.revision, because: says.say.unknown({ revision: from.revision }) }]
    const why = catalogue.hop(from.version, to.version)?.replace(/\.$/, '')
    if (why === undefined) return []
    return [
      {
        about: to.version,
        because: says.say.refused({ revision: from.revision, from: from.version, to: to.version, why }),
      },
    ]
  },
})
