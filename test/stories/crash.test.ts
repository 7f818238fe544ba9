/**
 * The program dies before and after each transaction and each action of three stories, and another process takes the
 * lease in between: always the same end, and each effect once.
 *
 * A story is told again with a crash at every eighth point, eight times with another offset; a point that the crashes
 * before it have moved away is tried alone. Effects are counted in the world's own log of stored writes.
 */

import { describe, expect, test } from 'vitest'
import { describeAction } from '../../src/upgrade/actions.ts'
import type { NoteBody } from '../../src/upgrade/note.ts'
import type { UpgradeRecord } from '../../src/upgrade/record.ts'
import { smallRevisionedScene, smallScene } from './meshes.ts'
import { differences, pictureOf } from './picture.ts'
import type { Picture } from './picture.ts'
import { backFromTheEnd, forward } from './plays.ts'
import type { Play } from './plays.ts'
import type { Moment, Witness } from './program.ts'
import type { Scene } from './setting.ts'
import { Killed, tell } from './story.ts'
import type { Telling } from './story.ts'

interface Tale {
  readonly title: string
  readonly scene: Scene
  readonly play: Play
}

const tales: readonly Tale[] = [
  { title: 'forward', scene: smallScene, play: forward },
  { title: 'back from the end', scene: smallScene, play: backFromTheEnd },
  { title: 'revisioned, forward', scene: smallRevisionedScene, play: forward },
]

interface End {
  readonly ended: UpgradeRecord['ended']
  readonly closing: UpgradeRecord['closing']
  readonly picture: Picture
  readonly effects: Readonly<Record<string, number>>
}

async function endOf({ title, scene, play }: Tale, more: Partial<Telling>): Promise<End> {
  const story = await tell({ title, scene, ...more })
  const { ended, closing } = await play(story)
  const effects: Record<string, number> = {}
  for (const { by, verb, plural, namespace = '', name } of story.world.log)
    if (by === 'meshlift' || by === 'helm') {
      const effect = `${by}: ${verb} ${plural} ${namespace}/${name}`
      effects[effect] = (effects[effect] ?? 0) + 1
    }
  return { ended, closing, picture: pictureOf(story.world), effects }
}

/** Names the points of a story in order: which way, what happens there, and for the how manyeth time. */
function pointer(): (moment: Moment) => string | undefined {
  const seen = new Map<string, number>()
  let way = ''
  return (moment) => {
    const subject = subjectOf(moment)
    if (subject === undefined) return undefined
    if (moment.what === 'saving') way = (moment.save.state as UpgradeRecord).direction
    const what = `${way}: ${subject}`
    const times = (seen.get(what) ?? 0) + 1
    seen.set(what, times)
    return `${what} #${times}`
  }
}

function subjectOf(moment: Moment): string | undefined {
  switch (moment.what) {
    case 'saving':
    case 'saved': {
      const { stage, reason } = moment.save.state as UpgradeRecord
      const [note] = moment.save.notes
      return `${moment.what} ${stage} ${note === undefined ? `quietly ${reason.code}` : (note.body as NoteBody).text}`
    }
    case 'acting':
    case 'acted':
      return `${moment.what} ${describeAction(moment.action)}`
    case 'refused':
    case 'looked':
      return undefined
  }
}

async function pointsOf(tale: Tale): Promise<{ readonly points: readonly string[]; readonly end: End }> {
  const points: string[] = []
  const at = pointer()
  const end = await endOf(tale, {
    witness: async (moment) => {
      const point = at(moment)
      if (point !== undefined) points.push(point)
    },
  })
  return { points, end }
}

/** Dies at each of these points that it comes by. */
function mortal(wanted: ReadonlySet<string>): {
  readonly witness: Witness
  readonly hit: ReadonlySet<string>
} {
  const at = pointer()
  const hit = new Set<string>()
  const witness = async (moment: Moment): Promise<void> => {
    const point = at(moment)
    if (point === undefined || !wanted.has(point)) return
    hit.add(point)
    throw new Killed(point)
  }
  return { witness, hit }
}

function mustBeEqual(told: End, end: End, at: readonly string[]): void {
  const of = ({ ended, closing, effects }: End, different: readonly string[]) => ({
    at,
    ended,
    closing,
    effects,
    different,
  })
  expect(of(told, differences(end.picture, told.picture))).toEqual(of(end, []))
}

/** Seconds on a quiet machine. */
const patient = { timeout: 120_000 }

const apart = 8
const every = (points: readonly string[], offset: number): readonly string[] =>
  points.filter((_, index) => index % apart === offset)

const told = await Promise.all(tales.map(async (tale) => ({ tale, ...(await pointsOf(tale)) })))

describe.each(told)('$tale.title', ({ tale, points, end }) => {
  test('the story itself does each thing once', () => {
    expect(end.ended).toBe(tale.play === backFromTheEnd ? 'rolled-back' : 'success')
    expect(new Set(points).size).toBe(points.length)
    const deleted = Object.entries(end.effects).filter(([effect]) => effect.includes(': delete '))
    expect(deleted.length).toBeGreaterThan(15)
    expect(deleted.filter(([, times]) => times > 1)).toEqual([])
  })

  test(`the same end after a crash at each of ${points.length} points`, patient, async () => {
    const missed: string[] = []
    for (let offset = 0; offset < apart; offset += 1) {
      const wanted = every(points, offset)
      const { witness, hit } = mortal(new Set(wanted))
      mustBeEqual(await endOf(tale, { witness }), end, [...hit])
      missed.push(...wanted.filter((point) => !hit.has(point)))
    }
    for (const point of missed) {
      const { witness, hit } = mortal(new Set([point]))
      mustBeEqual(await endOf(tale, { witness }), end, [point])
      expect([...hit]).toEqual([point])
    }
    // Most are met among the others; else this would be a test of a few crashes.
    expect(missed.length).toBeLessThan(points.length / 10)
  })

  test(
    `the same end when another process takes the lease at any of them; the first one does nothing more`,
    patient,
    async () => {
      const thefts = new Set<string>()
      for (let offset = 0; offset < apart; offset += 1) {
        const at = pointer()
        const wanted = new Set(every(points, offset))
        const stolen = (moment: Moment): boolean => {
          const point = at(moment)
          // While a request is on its way nobody can call it back.
          if (point === undefined || moment.what === 'acting' || !wanted.has(point)) return false
          thefts.add(point)
          return true
        }
        mustBeEqual(await endOf(tale, { stolen }), end, [...wanted])
      }
      expect(thefts.size).toBeGreaterThan(points.length / 2)
    },
  )
})
