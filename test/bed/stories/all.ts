// Every story, in the order in which they are told.
import type { Story } from '../story.ts'
import { backStories } from './back.ts'
import { bedStories } from './bed-itself.ts'
import { checksStory } from './checks.ts'
import { crashStory } from './crash.ts'
import { disturbed } from './disturbed.ts'
import { forwardStories } from './forward.ts'

/** With a password and a token instead of a key: the two that touch the most. */
const onceMore = [...forwardStories, ...backStories].filter(({ name }) => name === 'forward-P' || name === 'back-U')

export const stories: readonly Story[] = [
  ...bedStories, // first: a bed that is wrong about itself makes the rest worthless
  ...forwardStories,
  ...backStories,
  checksStory,
  crashStory,
  disturbed,
  ...onceMore.map((story): Story => ({ ...story, name: `${story.name}-as-administrator`, as: 'administrator' })),
]
