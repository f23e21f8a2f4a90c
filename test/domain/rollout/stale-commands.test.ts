import { describe, expect, test } from 'vitest'
import { firstpass } from '../../../server/domain/actor.ts'
import { thirdBuild } from '../../support/plan-builder.ts'
import {
  advance,
  approve,
  breached,
  created,
  firstLive,
  given,
  marek,
  paused,
  secondStage,
  started,
} from '../../support/rollout-story.ts'

describe('a command that was issued against an earlier state', () => {
  test('is refused and names who moved the rollout, when, and where it is now', () => {
    const moved = given(...firstLive).when({ ...advance, by: marek })
    const at = new Date(moved.now).toISOString()
    given(...firstLive, ...moved.events)
      .when({ ...advance, against: { stageIndex: 0 } })
      .isRefused('stale', `Marek advanced to stage 2 at ${at}; it is now stage 2 of 3 \\(50 %\\), active`)
  })

  test('is refused by the version and by the deployment as well', () => {
    const version = given(...secondStage).state.version
    given(...secondStage)
      .when({ ...advance, against: { version: version - 1 } })
      .isRefused('stale')
    given(...secondStage)
      .when({ ...advance, against: { deploymentId: thirdBuild } })
      .isRefused('stale')
    given(...secondStage)
      .when({ ...advance, against: { stageIndex: 1, version } })
      .gives({ type: 'StageAdvanced' }, { type: 'StageStarted' })
  })

  test('names the gate when a breach was first', () => {
    const before = given(...firstLive, paused()).state.version
    given(...firstLive, paused(), { ...breached(), by: firstpass })
      .when({ type: 'resume', why: null, against: { version: before } })
      .isRefused('stale', /Firstpass found a breach of first-pass yield/)
  })

  test('does not stop what stations do: a version counts decisions only', () => {
    const pinned = given(...firstLive.slice(0, 3)).state.version
    expect(given(...firstLive).state.version).toBe(pinned)
  })

  test('before the start is drawn against stage -1', () => {
    given(created())
      .when({ ...approve, against: { stageIndex: -1 } })
      .gives({ type: 'StartApproved' }, { type: 'RolloutStarted' }, { type: 'StageStarted' })
    given(created(), started)
      .when({ ...approve, against: { version: 1 } })
      .isRefused('stale')
  })
})
