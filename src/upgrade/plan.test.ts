import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { plan, rollback, stageById } from './plan.ts'
import { steps } from './record.ts'

const files = readdirSync(new URL('./stages/', import.meta.url))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))

const forward = steps.flatMap((step) => plan[step])
const all = [...new Set([...forward, ...rollback])]

describe('the plan and the way back', () => {
  it('have every file of stages/, under the name of the file', () => {
    expect(all.map((stage) => stage.id).toSorted()).toEqual(files.toSorted())
  })

  it('name no stage twice each, and giving back is the end of both', () => {
    for (const list of [forward, rollback]) expect(new Set(list).size).toBe(list.length)
    expect(forward.filter((stage) => rollback.includes(stage)).map((stage) => stage.id)).toEqual(['give-back'])
    expect([forward.at(-1), rollback.at(-1)]).toEqual([stageById('give-back'), stageById('give-back')])
  })

  it('have codes that start with the id of their stage, and no two titles alike', () => {
    for (const stage of all)
      for (const { code } of stage.sentences) expect(code).toMatch(new RegExp(`^${stage.id}/[a-zA-Z]+$`))
    expect(new Set(all.map((stage) => stage.title)).size).toBe(all.length)
  })

  it('find a stage by the id in a record, and nothing by an id of another version', () => {
    for (const stage of all) expect(stageById(stage.id)).toBe(stage)
    expect(stageById('move-everything')).toBeUndefined()
  })

  it('touch nothing in PreCheck: its stages have no promises and only look', () => {
    expect(plan.PreCheck.map((stage) => stage.id)).toEqual(['look', 'judge-start'])
    expect(plan.PreCheck.every((stage) => stage.still === undefined)).toBe(true)
  })
})
