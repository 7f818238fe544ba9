// Every story, in the order in which they are told.
import type { Story } from '../story.ts'
import { bedStories } from './bed-itself.ts'

export const stories: readonly Story[] = [...bedStories]
