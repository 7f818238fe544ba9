import { defineCheck } from '../check.ts'
import { sentences } from '../reason.ts'

const says = sentences('pinned-config', {
  pinned:
    '{object} has label istio.io/rev={revision}: other control planes do not read it, and proxies would lose it on their way. Moving such configuration is not supported yet: take the label away if all may read it, then check again.',
})

export const pinnedConfig = defineCheck({
  id: 'pinned-config',
  title: 'No Istio configuration belongs to one revision only',
  gate: 'start',
  weight: 'blocks',
  reads: ['pinned'],
  says,
  look: ({ seen }) =>
    seen.pinned.map(({ about, revision }) => ({ about, because: says.say.pinned({ object: about, revision }) })),
})
