import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'

const says = sentences('istio-cni', {
  shared:
    'DaemonSet {object} (istio-cni) serves all revisions and is left as it is. It may be one minor version behind the control plane: upgrade it yourself when this upgrade is finished.',
})

export const istioCni = defineCheck({
  id: 'istio-cni',
  title: 'No node component stays behind',
  gate: 'start',
  weight: 'warns',
  reads: ['unsupported'],
  says,
  look: ({ seen }) =>
    seen.unsupported
      .filter((one) => one.what === 'istio-cni')
      .map(({ about }) => ({ about, because: says.say.shared({ object: about }) })),
})
