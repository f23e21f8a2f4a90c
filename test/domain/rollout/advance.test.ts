import { describe, expect, test } from 'vitest'
import { seenEvidence } from '../../../server/domain/gates/verdict.ts'
import { station } from '../../support/plan-builder.ts'
import {
  aborted,
  abortOpen,
  advance,
  breached,
  created,
  firstLive,
  frozen,
  given,
  lastLive,
  marek,
  notReady,
  paused,
  ready,
  recovered,
  verdict,
} from '../../support/rollout-story.ts'

const overriding = { ...advance, override: true, why: 'the lot is known' }

describe('advance', () => {
  test('of a ready stage takes the next stations of the order and keeps the former', () => {
    const story = given(...firstLive).when(advance)
    story.gives(
      { type: 'StageAdvanced', from: 0, to: 1, override: [] },
      { type: 'StageStarted', stageIndex: 1, stations: [2, 3, 4, 5].map(station) },
    )
    expect(story.state.stations[station(1)]?.status).toBe('confirmed')
  })

  test('of a stage that is not ready is refused with all that is missing', () => {
    given(...firstLive)
      .when({ ...advance, readiness: notReady })
      .isRefused('not ready', /stage 1 is not ready: 12 of 100 first attempts/)
  })

  test('over what is missing needs a reason, and records what it passed over', () => {
    const unready = given(...firstLive)
    unready.when({ ...advance, override: true, readiness: notReady }).isRefused('invalid', /needs a reason/)
    unready.when({ ...overriding, why: '  ', readiness: notReady }).isRefused('invalid', /needs a reason/)
    unready
      .when({ ...overriding, readiness: notReady, by: marek })
      .gives(
        { type: 'StageAdvanced', override: ['12 of 100 first attempts'], why: 'the lot is known', by: marek },
        { type: 'StageStarted' },
      )
  })

  test('keeps with an override the evidence that was seen', () => {
    const { gates } = verdict({ name: 'error rate', verdict: 'grey', logEvidence: 1.5 })
    const evidence = seenEvidence(gates)
    expect(evidence).toMatchObject([
      { name: 'error rate', verdict: 'grey', logEvidence: 1.5, canary: { n: 60, bad: 7 }, base: { n: 540 } },
    ])
    given(...firstLive)
      .when({ ...overriding, readiness: notReady, evidence })
      .gives({ type: 'StageAdvanced', evidence }, { type: 'StageStarted' })
    given(...lastLive)
      .when({ ...overriding, readiness: notReady, evidence })
      .gives({ type: 'RolloutCompleted', override: ['12 of 100 first attempts'], evidence })
  })

  test('goes through no freeze, override or not, in any stage, paused or not', () => {
    for (const events of [firstLive, lastLive, [...firstLive, paused()], [...firstLive, paused('window')]])
      for (const command of [advance, overriding])
        given(...events)
          .when({ ...command, readiness: frozen })
          .isRefused('not now', /frozen until Monday: stock-taking/)
  })

  test('is not held up by a freeze that is over', () => {
    const items = frozen.items.map((item) => ({ ...item, met: true }))
    given(...firstLive)
      .when({ ...advance, readiness: { ready: true, items } })
      .gives({ type: 'StageAdvanced' }, { type: 'StageStarted' })
  })

  test('does not pass over a pause by a person unless it says why', () => {
    const held = given(...firstLive, paused())
    held.when(advance).isRefused('not now', /paused: lunch/)
    held.when({ ...advance, override: true }).isRefused('invalid', /needs a reason/)
    held
      .when(overriding)
      .gives(
        { type: 'RolloutResumed' },
        { type: 'StageAdvanced', override: ['paused: lunch'] },
        { type: 'StageStarted' },
      )
  })

  test('is refused while a breach is open, with and without an override', () => {
    const open = given(...firstLive, breached(), paused('breach'))
    open.when({ ...advance, readiness: notReady }).isRefused('not ready')
    open.when({ ...overriding, readiness: notReady }).isRefused('not now', /breach is open/)
    open.when({ ...advance, readiness: ready }).isRefused('not now', /breach is open/)
  })

  test('goes on by itself from a pause for a breach that is over', () => {
    given(...firstLive, breached(), paused('breach'), recovered())
      .when(advance)
      .gives({ type: 'RolloutResumed' }, { type: 'StageAdvanced' }, { type: 'StageStarted' })
  })

  test('of the last stage completes the rollout', () => {
    const story = given(...lastLive).when(advance)
    story.gives({ type: 'RolloutCompleted', override: [] })
    expect(story.state).toMatchObject({ status: 'completed', endedAt: story.now })
    expect(story.state).toMatchObject({ watchUntil: story.now + 24 * 3_600_000 })
  })

  test('has nothing to advance before the start, in an abort, or after the end', () => {
    given(created())
      .when(advance)
      .isRefused('not now', /has not started/)
    given(...abortOpen)
      .when(advance)
      .isRefused('not now', /being aborted/)
    given(created(), aborted())
      .when(advance)
      .isRefused('terminal', /aborted .* by Ada: bad build/)
  })
})
