import { describe, expect, test } from 'vitest'
import { hour } from '../../../server/domain/instant.ts'
import { aPlan, shares, station } from '../../support/plan-builder.ts'
import {
  aborted,
  abortOpen,
  ada,
  approve,
  completed,
  created,
  firstLive,
  given,
  lastLive,
  marek,
  started,
  t0,
} from '../../support/rollout-story.ts'

const twoApprovals = created({ plan: aPlan({ startApprovals: 2 }) })

describe('start', () => {
  test('takes the first station of the order', () => {
    const story = given(created()).when({ type: 'start' })
    story.gives({ type: 'RolloutStarted' }, { type: 'StageStarted', stageIndex: 0, stations: [station(1)] })
    expect(story.state).toMatchObject({ status: 'active', stageIndex: 0, liveSince: null })
    expect(story.state.stations[station(1)]?.status).toBe('pinned')
    expect(story.state.stations[station(2)]?.status).toBe('queued')
  })

  test('pins nothing while it waits', () => {
    expect(Object.values(given(created()).state.stations).every((each) => each.status === 'queued')).toBe(
      true,
    )
  })

  test('waits for its approvals', () => {
    given(twoApprovals)
      .when({ type: 'start' })
      .isRefused('not now', /2 more approvals/)
  })

  test('waits for its time, and starts at it', () => {
    const later = given(created({ startAt: t0 + hour }))
    later.when({ type: 'start' }, t0 + hour - 1).isRefused('not now', /2026-05-22T07:00:00.000Z/)
    later.when({ type: 'start' }, t0 + hour).gives({ type: 'RolloutStarted' }, { type: 'StageStarted' })
  })

  test('waits while hours are closed or a freeze is on, and is not refused when they are over', () => {
    const closed = 'frozen until Monday: stock-taking'
    given(created())
      .when({ type: 'start', closed })
      .isRefused('not now', /the start waits: frozen until Monday/)
    given(created())
      .when({ type: 'start', closed: null })
      .gives({ type: 'RolloutStarted' }, { type: 'StageStarted' })
    const last = given(twoApprovals, { type: 'StartApproved', by: ada })
    const approved = last.when({ ...approve, by: marek, closed })
    approved.gives({ type: 'StartApproved', by: marek })
    given(...last.events, ...approved.events)
      .when({ type: 'start' })
      .gives({ type: 'RolloutStarted' }, { type: 'StageStarted' })
  })

  test('changes nothing in a rollout that has started or ended', () => {
    given(...firstLive)
      .when({ type: 'start' })
      .givesNothing()
    given(...abortOpen)
      .when({ type: 'start' })
      .givesNothing()
    given(created(), aborted()).when({ type: 'start' }).givesNothing()
  })
})

describe('approve', () => {
  test('by the last approver starts the rollout', () => {
    const first = given(twoApprovals).when({ ...approve, by: ada })
    first.gives({ type: 'StartApproved', by: ada })
    given(twoApprovals, { type: 'StartApproved', by: ada })
      .when({ ...approve, by: marek })
      .gives({ type: 'StartApproved', by: marek }, { type: 'RolloutStarted' }, { type: 'StageStarted' })
  })

  test('before the start time leaves the start to the clock', () => {
    const plan = aPlan({ startApprovals: 1 })
    given(created({ plan, startAt: t0 + hour }))
      .when(approve)
      .gives({ type: 'StartApproved' })
  })

  test('twice by one person counts once', () => {
    given(twoApprovals, { type: 'StartApproved', by: ada })
      .when({ ...approve, by: ada })
      .givesNothing()
  })

  test('has nothing to approve in an abort, or after the end', () => {
    given(...abortOpen)
      .when(approve)
      .isRefused('not now', /being aborted/)
    given(...lastLive, completed)
      .when(approve)
      .isRefused('terminal', /completed/)
  })
})

test('a fleet of one station starts with all of it', () => {
  given(created({ stations: 1, plan: aPlan({ stages: shares(0.01, 1) }) }))
    .when({ type: 'start' })
    .gives({ type: 'RolloutStarted' }, { type: 'StageStarted', stations: [station(1)] })
})

test('starting is told with who and when', () => {
  expect(given(created(), started).state.lastDecision).toMatchObject({ what: 'started the rollout', by: ada })
})
