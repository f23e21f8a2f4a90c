// How waiting for a rollout ends, and what is told on the way.
import { describe, expect, test } from 'vitest'
import { outcomeOf, type Waiting } from '../../cli/rollout/outcome.ts'
import { progress } from '../../cli/rollout/progress.ts'
import type { Rollout } from '../../cli/rollout/rollout.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { snakeCase } from '../../server/routes/snake-case.ts'
import { aRollout } from '../support/rollout-view-builder.ts'

const person = { kind: 'person', id: 'U1', name: 'Ana', door: 'slack' } as const
/** As the interface writes it. */
const rollout = (more: Partial<RolloutView>) => snakeCase(aRollout(more)) as Rollout
const usual: Waiting = { wanted: 'completed', until: 'completed', throughPauses: false }
const codeOf = (more: Partial<RolloutView>, awaited: Partial<Waiting> = {}) =>
  outcomeOf(rollout(more), { ...usual, ...awaited })?.code ?? null
const pause = (reason: string) => ({ reason, why: 'because', by: person, at: 0 })
const item = { kind: 'samples', met: false, text: '12 of 100 first attempts', done: 12, needed: 100 }

describe('the exit code', () => {
  test.each<[string, Partial<RolloutView>, Partial<Waiting>, number | null]>([
    ['completed is 0', { status: 'completed' }, {}, 0],
    ['aborted is 4', { status: 'aborted' }, {}, 4],
    ['aborted is 0 for whoever aborted it', { status: 'aborted' }, { wanted: 'aborted' }, 0],
    ['paused by a person is 3', { status: 'paused', pause: pause('person') }, {}, 3],
    ['paused for a breach is 3', { status: 'paused', pause: pause('breach') }, {}, 3],
    ['a rest ends by itself', { status: 'paused', pause: pause('window') }, {}, null],
    ['blind metrics come back', { status: 'paused', pause: pause('blind') }, {}, null],
    [
      'a pause is waited through when that was asked',
      { status: 'paused', pause: pause('breach') },
      { throughPauses: true },
      null,
    ],
    ['on its way back it is not aborted yet', { status: 'aborting' }, {}, null],
    ['a ready stage is no end', { status: 'active', readiness: { ready: true, items: [] } }, {}, null],
    [
      'a ready stage is 0 when that was asked',
      { status: 'active', readiness: { ready: true, items: [] } },
      { until: 'ready' },
      0,
    ],
    [
      'a stage that is not ready goes on',
      { status: 'active', readiness: { ready: false, items: [item] } },
      { until: 'ready' },
      null,
    ],
  ])('%s', (_name, more, awaited, code) => {
    expect(codeOf(more, awaited)).toBe(code)
  })
})

describe('progress', () => {
  const written = (isTTY: boolean) => {
    const pieces: string[] = []
    const output = { isTTY, columns: 60, write: (text: string) => pieces.push(text) }
    return { pieces, told: progress(output, () => '06:00:00') }
  }
  const at = (done: number) =>
    rollout({
      status: 'active',
      readiness: { ready: false, items: [{ ...item, done, text: `${done} of 100 first attempts` }] },
    })

  test('on a terminal is one line, redrawn with each number, and no longer than the terminal is wide', () => {
    const { pieces, told } = written(true)
    for (const done of [0, 0, 50]) told.tell(at(done))
    expect(pieces).toHaveLength(2)
    expect(pieces.every((piece) => piece.startsWith('\r\u001b[K[') && piece.length <= 60 + 4)).toBe(true)
    expect(pieces[1]?.match(/#/g)?.length).toBeGreaterThan(pieces[0]?.match(/#/g)?.length ?? 0)
  })

  test('elsewhere is a line for each change, and none for numbers that count up', () => {
    const { pieces, told } = written(false)
    for (const done of [0, 50]) told.tell(at(done))
    told.tell(rollout({ status: 'paused', pause: pause('breach') }))
    expect(pieces.map((piece) => piece.slice(0, 15))).toEqual(['06:00:00 active', '06:00:00 paused'])
  })
})
