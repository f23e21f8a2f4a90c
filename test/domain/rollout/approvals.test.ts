// Approvals: the last of the gates, by other eyes, of what is there now, and for as long as the plan says.
import { describe, expect, test } from 'vitest'
import { firstpass } from '../../../server/domain/actor.ts'
import { hour, minute } from '../../../server/domain/instant.ts'
import type { PlanInput } from '../../../server/domain/plan.ts'
import { remindAfterMs } from '../../../server/domain/rollout/decide-approvals.ts'
import type { RolloutEvent } from '../../../server/domain/rollout/events.ts'
import { fold } from '../../../server/domain/rollout/evolve.ts'
import type { Readiness, ReadinessItem } from '../../../server/domain/rollout/readiness.ts'
import { aPlan, station } from '../../support/plan-builder.ts'
import {
  ada,
  advance,
  advanced,
  approve,
  breached,
  confirmed,
  created,
  firstLive,
  given,
  judged,
  live,
  marek,
  notReady,
  paused,
  resumed,
  stage,
  started,
  t0,
  verdict,
} from '../../support/rollout-story.ts'

const zoe = { ...marek, id: 'U3', name: 'Zoe' }
const two = (what: Partial<PlanInput> = {}) =>
  aPlan({
    stages: [
      { target: { stations: 1 }, approvals: 2 },
      { target: { share: 0.5 }, approvals: 1 },
      { target: { share: 1 } },
    ],
    ...what,
  })
/** Stage 1 on station 1, all but its two approvals there. Ada started it. */
const inStage = (what: Partial<PlanInput> = {}) => [
  created({ plan: two(what) }),
  started,
  stage(0, station(1)),
  confirmed(station(1)),
  live(0),
]
const asked = { type: 'ApprovalAsked' as const, stageIndex: 0, by: firstpass }
const approved = (by = marek) => ({ type: 'StageApproved' as const, stageIndex: 0, by })
const lacking: ReadinessItem = { kind: 'approvals', met: false, text: '0 of 2 approvals', done: 0, needed: 2 }
const closed: ReadinessItem = { kind: 'window', met: false, text: 'closed until 06:00', done: 0, needed: 1 }
const short: Readiness = { ready: false, items: [lacking] }
const night: Readiness = { ready: false, items: [closed, lacking] }
const judge = (readiness: Readiness = short) => judged({}, readiness)

describe('approvers of a stage are', () => {
  test('asked once, when all else is there', () => {
    const story = given(...inStage()).when(judge())
    story.gives({ type: 'ApprovalAsked', stageIndex: 0, by: firstpass })
    expect(story.state).toMatchObject({ asked: { at: story.now, remindedAt: null } })
    given(...inStage(), asked)
      .when(judge())
      .givesNothing()
  })

  test('left alone while something else is missing, or the rollout is paused', () => {
    given(...inStage())
      .when(judge(night))
      .givesNothing()
    given(...inStage(), paused())
      .when(judge())
      .givesNothing()
  })

  test('not asked in a judgement that stops the rollout', () => {
    given(...inStage())
      .when(judged({ verdict: 'breach', logEvidence: 6 }, short))
      .gives({ type: 'BreachOpened' }, { type: 'RolloutPaused' })
  })

  test('not asked where enough have approved, or the plan asks for none', () => {
    given(...inStage(), approved(), approved(zoe))
      .when(judge())
      .givesNothing()
    given(...firstLive)
      .when(judge())
      .givesNothing()
  })

  test('reminded once, an hour later, and not in the night', () => {
    const story = given(...inStage(), asked)
    const at = (story.events.at(-1)?.at ?? 0) + remindAfterMs
    story.when(judge(), at - 1).givesNothing()
    story.when(judge(night), at).givesNothing()
    const reminder = story.when(judge(), at)
    reminder.gives({ type: 'ApprovalReminded', stageIndex: 0 })
    given(...story.events, ...reminder.events)
      .when(judge(), at + 5 * remindAfterMs)
      .givesNothing()
  })

  test('not asked again when what was there is missing for a while', () => {
    given(...inStage(), asked, paused('window'), resumed)
      .when(judge())
      .givesNothing()
  })

  test('asked anew after a breach, which takes back what was approved', () => {
    const story = given(...inStage(), asked, approved(), breached())
    expect(story.state).toMatchObject({ asked: null, approvals: [] })
    given(...story.events, { type: 'BreachRecovered', gate: 'first-pass yield', headline: 'as before' })
      .when(judge())
      .gives({ type: 'ApprovalAsked' })
  })

  test('not asked anew for a breach that is only observed', () => {
    const story = given(...inStage(), asked, approved(), breached({ mode: 'observe' }))
    expect(story.state).toMatchObject({ asked: { remindedAt: null }, approvals: [{ by: marek }] })
  })
})

describe('an approval of a stage', () => {
  test('is kept with the evidence that was seen', () => {
    const evidence = verdict({ name: 'error rate' }).gates.map(
      ({ name, verdict: word, canary, base, logEvidence, logThreshold }) => ({
        name,
        verdict: word,
        canary,
        base,
        logEvidence,
        logThreshold,
      }),
    )
    given(...inStage(), asked)
      .when({ ...approve, by: marek, evidence })
      .gives({ type: 'StageApproved', stageIndex: 0, by: marek, evidence })
  })

  test('is not taken before all else is there, and says what is missing', () => {
    given(...inStage())
      .when({ ...approve, by: marek, readiness: { ready: false, items: [...notReady.items, lacking] } })
      .isRefused('not ready', /^approvals come last, and stage 1 still waits: 12 of 100 first attempts$/)
  })

  test('is taken once they were asked, though the hours have closed since', () => {
    given(...inStage(), asked)
      .when({ ...approve, by: marek, readiness: night })
      .gives({ type: 'StageApproved' })
    given(...inStage())
      .when({ ...approve, by: marek, readiness: short })
      .gives({ type: 'StageApproved' })
  })

  test('twice by one person counts once', () => {
    given(...inStage(), approved())
      .when({ ...approve, by: marek })
      .givesNothing()
    given(...inStage(), approved())
      .when({ ...approve, by: zoe })
      .gives({ type: 'StageApproved', by: zoe })
  })

  test('has nothing to approve where the plan asks for none', () => {
    given(...firstLive)
      .when({ ...approve, by: marek })
      .isRefused('not now', /^stage 1 asks for no approval$/)
  })

  test('ends with the stage: neither an advance, nor a jump, nor an undo carries it on', () => {
    const both = given(...inStage(), asked, approved(), approved(zoe))
    expect(both.state).toMatchObject({ approvals: [{ by: marek }, { by: zoe }] })
    const none = { asked: null, approvals: [] }
    const onward = given(...both.events, ...advanced(1, station(2)))
    expect(onward.state).toMatchObject(none)
    const jump = { type: 'set', share: 0.3, why: 'lot 7', override: false, readiness: short } as const
    expect(both.when({ ...jump, override: true, evidence: [] }).state).toMatchObject(none)
    const again = given(
      ...onward.events,
      { ...asked, stageIndex: 1 },
      { type: 'StageApproved', stageIndex: 1, by: zoe },
    )
    expect(again.when({ type: 'undo', why: 'wrong button' }).state).toMatchObject(none)
  })

  test('that was recorded before evidence was kept still counts', () => {
    const { state } = given(...inStage(), { type: 'StageApproved', stageIndex: 0, by: marek })
    expect(state).toMatchObject({ approvals: [{ by: marek }] })
  })
})

describe('where four eyes are asked, the author', () => {
  const fourEyes = inStage({ fourEyes: true })

  test('may not approve a stage, nor the start', () => {
    for (const story of [
      given(...fourEyes, asked),
      given(created({ plan: two({ fourEyes: true, startApprovals: 1 }) })),
    ])
      story
        .when({ ...approve, by: ada })
        .isRefused('not allowed', /^Ada started this rollout, .* four eyes: its author cannot approve it$/)
  })

  test('may not pass over the approvals by an override; somebody else may', () => {
    const override = { ...advance, override: true, why: 'line waits', readiness: short }
    const story = given(...fourEyes, asked)
    story.when({ ...override, by: ada }).isRefused('not allowed', /its author cannot pass over its approvals/)
    story
      .when({ ...override, type: 'set', share: 0.8, by: ada })
      .isRefused('not allowed', /its author cannot pass over its approvals/)
    story
      .when({ ...override, by: marek })
      .gives({ type: 'StageAdvanced', override: ['0 of 2 approvals'] }, { type: 'StageStarted' })
  })

  test('may pass over everything else, as the plan’s author anywhere', () => {
    given(...fourEyes)
      .when({ ...advance, override: true, why: 'lot 7', readiness: notReady, by: ada })
      .gives({ type: 'StageAdvanced' }, { type: 'StageStarted' })
    given(...inStage(), asked)
      .when({ ...advance, override: true, why: 'line waits', readiness: short, by: ada })
      .gives({ type: 'StageAdvanced' }, { type: 'StageStarted' })
  })

  test('may approve where they are not asked', () => {
    given(...inStage(), asked)
      .when({ ...approve, by: ada })
      .gives({ type: 'StageApproved', by: ada })
  })

  test('may always abort', () => {
    given(...fourEyes, asked)
      .when({ type: 'abort', why: 'bad smell' })
      .gives({ type: 'RolloutAborted' })
  })
})

describe('an approval that expires', () => {
  const hourly = inStage({ approvalsLastMinutes: 60 })
  const story = given(...hourly, asked, approved(), approved(zoe))
  const [first, second] = story.events.slice(-2).map((event) => event.at + hour)
  if (first === undefined || second === undefined) throw new Error('two approvals')

  test('lets its approvers be asked anew, once for each that ends', () => {
    story.when(judge(), first - 1).givesNothing()
    const anew = story.when(judge(), first)
    anew.gives({ type: 'ApprovalAsked', stageIndex: 0 })
    const once = given(...story.events, ...anew.events)
    once.when(judge(), second - 1).givesNothing()
    once.when(judge(), second).gives({ type: 'ApprovalAsked' })
  })

  test('is renewed by the same person, who still counts once', () => {
    story.when({ ...approve, by: marek }, first - 1).givesNothing()
    const renewed = story.when({ ...approve, by: marek }, first)
    renewed.gives({ type: 'StageApproved', by: marek })
    expect(renewed.state).toMatchObject({ approvals: [{ by: zoe }, { by: marek, at: first }] })
  })

  test('of a start that waits for its time holds the start up', () => {
    const plan = two({ startApprovals: 1, approvalsLastMinutes: 60 })
    const waiting = given(created({ plan, startAt: t0 + 3 * hour }), { type: 'StartApproved', at: t0 })
    waiting.when({ type: 'start' }, t0 + 3 * hour).isRefused('not now', /1 more approval/)
    const again = waiting.when({ ...approve, by: ada }, t0 + 3 * hour)
    again.gives({ type: 'StartApproved' }, { type: 'RolloutStarted' }, { type: 'StageStarted' })
  })
})

describe('approvers of the start are', () => {
  const pending = created({ plan: aPlan({ startApprovals: 1 }) })
  const call = (readiness: Readiness = short) =>
    ({ type: 'call approvers', readiness, by: firstpass }) as const
  const called: Partial<RolloutEvent> & { type: 'ApprovalAsked' } = {
    type: 'ApprovalAsked',
    stageIndex: null,
  }

  test('asked once, and reminded once', () => {
    given(pending).when(call()).gives(called)
    const story = given(pending, { ...called, stageIndex: null })
    story.when(call(), t0 + minute + remindAfterMs - 1).givesNothing()
    const reminder = story.when(call(), t0 + minute + remindAfterMs)
    reminder.gives({ type: 'ApprovalReminded', stageIndex: null })
    given(...story.events, ...reminder.events)
      .when(call(), t0 + 9 * remindAfterMs)
      .givesNothing()
  })

  test('not asked through a freeze, nor when nobody is needed, nor after the start', () => {
    given(pending).when(call(night)).givesNothing()
    given(created()).when(call()).givesNothing()
    given(...firstLive)
      .when(call())
      .givesNothing()
  })

  test('asked of the stage anew when it has started', () => {
    const events = given(pending, { ...called, stageIndex: null }, { type: 'StartApproved' }).when({
      type: 'start',
    })
    expect(fold([...given(pending).events, ...events.events])).toMatchObject({ asked: null, approvals: [] })
  })
})
