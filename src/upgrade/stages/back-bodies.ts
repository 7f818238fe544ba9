import { putBack, recordedBodies } from '../moves/bodies.ts'
import { sentences } from '../reason.ts'
import { whenReady } from '../moves/receiver.ts'
import { defineStage } from '../stage.ts'

const says = sentences('back-bodies', {
  restoring: 'Giving {count} tags, injectors and validators their recorded bodies back.',
  back: 'Tags, injectors and validators are as they were.',
})

/** Tags before validators: new pods first, then configuration. Whole recorded bodies, failurePolicy of injectors exactly. */
export const backBodies = defineStage({
  id: 'back-bodies',
  title: 'Give tags and validators back',
  reads: ['webhooks', 'tagServices', 'controlPlanes'],
  says,
  forward(s) {
    const { before, seen, upgrade } = s
    const recorded = recordedBodies(before)
    const validators = recorded.filter((one) => one.kind === 'ValidatingWebhookConfiguration')
    const tags = recorded.filter((one) => one.kind !== 'ValidatingWebhookConfiguration')
    const actions = [...putBack(tags, [...seen.webhooks, ...seen.tagServices]), ...putBack(validators, seen.webhooks)]
    if (actions.length > 0)
      return whenReady(s, upgrade.from, {
        kind: 'act',
        because: says.say.restoring({ count: actions.length }),
        actions,
      })
    return { kind: 'done', because: says.say.back() }
  },
})
