// Direct messages: only to those who asked for them, one that follows the rollout, and a new one for what needs them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { directMessage, directNews } from '../../bot/blocks/direct.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { firstpass, ines, marek, noon } from '../support/fixed-values.ts'
import { aBreach, aDeployment, aPausedRollout, aRollout } from '../support/rollout-view-builder.ts'
import { anyVerdict, hostileText } from './support/any-verdict.ts'
import { fakeService } from './support/fake-service.ts'
import { expectInert, expectWithinLimits } from './support/limits.ts'
import { type OpenBot, openBot } from './support/open-bot.ts'

const rollout = aRollout()
const at = { by: firstpass, at: noon }
const breach: RolloutEvent = {
  ...at,
  type: 'BreachOpened',
  gate: 'first-pass yield',
  mode: 'pause',
  severity: 'breach',
  logEvidence: 5,
  headline: 'first-pass yield 88.3 %, 98.2 % expected',
  details: [],
  suspect: null,
}
const aborted = (by = marek): RolloutEvent => ({
  by,
  at: noon,
  type: 'RolloutAborted',
  why: 'yield fell',
  wayBack: [],
})

async function withOwner(events: RolloutEvent[], view: RolloutView = rollout, wishes = true) {
  const record = events.map((event, index) => ({ ...event, sequence: index + 1 }))
  const service = fakeService({ rollouts: [view], record })
  const open = await openBot({ service })
  const { team } = open.workspace
  if (wishes) await open.store.people.setDirect(team.teamId, ines.id, true)
  const tell = (sequence: number) => open.bot.deliver({ kind: 'direct', rolloutId: view.id, sequence })
  const texts = (user = ines.id) => open.workspace.messages(user).map((message) => message.text)
  const becomes = (part: Partial<RolloutView>) => {
    service.rollouts = service.rollouts.map((each) => ({ ...each, ...part }))
  }
  return { ...open, service, tell, texts, becomes }
}

function warned(open: Pick<OpenBot, 'logged'>): boolean {
  return open.logged.some((line) => line.includes('a direct message cannot reach its reader'))
}

describe('the owner of a rollout', () => {
  it('who did not ask for it is left in peace', async () => {
    const open = await withOwner([breach], rollout, false)
    expect(await open.tell(1)).toEqual({ delivered: true })
    expect(open.texts()).toEqual([])
  })

  it('hears of its steps in one message that is changed', async () => {
    const open = await withOwner([
      { ...at, type: 'StageStarted', stageIndex: 1, stations: [] },
      { ...at, type: 'StageStarted', stageIndex: 2, stations: [] },
    ])
    await open.tell(1)
    expect(open.texts()).toEqual([expect.stringContaining('stage 2 of 4 (25 %), *active*')])
    open.becomes({
      stageIndex: 2,
      lastDecision: { what: 'advanced to stage 3', by: marek, at: noon, why: 'clean' },
    })
    open.clock.now += 3000
    expect(await open.tell(2)).toEqual({ delivered: true })
    expect(open.texts()).toEqual([expect.stringMatching(/stage 3 of 4.*Advanced to stage 3\* by Marek/s)])
  })

  it('gets a message of its own for what needs them, once, however often it is delivered', async () => {
    const open = await withOwner([breach], aPausedRollout())
    await Promise.all([open.tell(1), open.tell(1)])
    await open.tell(1)
    expect(open.texts()).toHaveLength(2)
    expect(open.texts().filter((text) => text.includes('breach of first-pass yield'))).toHaveLength(1)
  })

  it('sees its message changed no sooner than Slack wants', async () => {
    const open = await withOwner([{ ...at, type: 'StageStarted', stageIndex: 1, stations: [] }])
    await open.tell(1)
    open.becomes({ next: 'x', waitsFor: ['y'], stageIndex: 2 })
    open.clock.now += 1200
    expect(await open.tell(1)).toEqual({ delivered: false, waitSeconds: 2, why: 'changed a moment ago' })
  })

  it('gets its message anew where it was deleted', async () => {
    const open = await withOwner([{ ...at, type: 'StageStarted', stageIndex: 1, stations: [] }])
    await open.tell(1)
    open.becomes({ stageIndex: 2 })
    open.clock.now += 4000
    open.workspace.faults.set({
      kind: 'error',
      error: 'message_not_found',
      methods: ['chat.update'],
      times: 1,
    })
    expect(await open.tell(1)).toEqual({ delivered: true })
    expect(open.texts().at(-1)).toContain('stage 3 of 4')
  })

  it('that is a program has no direct messages', async () => {
    const open = await withOwner([breach], aRollout({ owner: { ...ines, kind: 'program', door: 'api' } }))
    expect(await open.tell(1)).toEqual({ delivered: true })
    expect(open.texts()).toEqual([])
  })

  it.each(['user_not_found', 'channel_not_found', 'cannot_dm_bot', 'messages_tab_disabled'])(
    'who cannot be reached (%s) is told of in the log, and not tried for weeks',
    async (error) => {
      const open = await withOwner([breach])
      open.workspace.faults.set({ kind: 'error', error, methods: ['chat.postMessage'] })
      expect(await open.tell(1)).toEqual({ delivered: true })
      expect(warned(open)).toBe(true)
    },
  )

  it('who has become a guest hears nothing any more', async () => {
    const owner = { ...ines, id: 'U0GUEST001' }
    const open = await withOwner([breach], aRollout({ owner }))
    await open.store.people.setDirect(open.workspace.team.teamId, owner.id, true)
    expect(await open.tell(1)).toEqual({ delivered: true })
    expect(open.texts(owner.id)).toEqual([])
    expect(warned(open)).toBe(true)
  })

  it('hears of it when Slack is back', async () => {
    const open = await withOwner([breach])
    open.workspace.faults.set({ kind: 'error500' })
    expect(await open.tell(1)).toMatchObject({ delivered: false, waitSeconds: 5 })
    open.workspace.faults.clear()
    expect(await open.tell(1)).toEqual({ delivered: true })
    expect(open.texts()).toHaveLength(2)
  })

  it('hears later when Slack asks for patience', async () => {
    const open = await withOwner([breach])
    open.workspace.faults.set({ kind: 'ratelimited', retryAfterSeconds: 9, methods: ['chat.postMessage'] })
    expect(await open.tell(1)).toMatchObject({ delivered: false, waitSeconds: 9 })
  })
})

describe('an approval that is asked for', () => {
  const asked: RolloutEvent = { ...at, type: 'ApprovalAsked', stageIndex: 1 }
  const approvals = { needed: 1, given: [], asked: null, fourEyes: false, approvers: null }

  it('is told to an owner who may give it', async () => {
    const open = await withOwner([asked], aRollout({ approvals }))
    await open.tell(1)
    expect(open.texts().filter((text) => text.includes('your approval'))).toHaveLength(1)
  })

  it('is not told to the author where four eyes are asked', async () => {
    const open = await withOwner([asked], aRollout({ approvals: { ...approvals, fourEyes: true } }))
    await open.tell(1)
    expect(open.texts().filter((text) => text.includes('your approval'))).toEqual([])
  })
})

describe('what needs the owner', () => {
  const needs = (event: RolloutEvent, view = aPausedRollout()) => directNews(view, event, true)?.text ?? null

  it.each<[string, RolloutEvent, string]>([
    ['a breach', breach, 'breach of first-pass yield'],
    [
      'a breach that turned severe',
      { ...at, type: 'BreachWorsened', gate: 'first-pass yield', logEvidence: 9, headline: 'worse' },
      'severe now',
    ],
    [
      'a breach that nobody answered',
      { ...at, type: 'BreachEscalated', gate: 'first-pass yield' },
      'nobody has answered',
    ],
    ['an abort by somebody else', aborted(), 'aborted* by Marek Nowak'],
    ['an abort by a gate', aborted(firstpass), 'aborted* by Firstpass'],
    ['its end', { ...at, type: 'RolloutCompleted', why: null, override: [], evidence: [] }, 'completed'],
    [
      'an alarm of the watch',
      {
        ...at,
        type: 'WatchAlarmed',
        gate: 'error rate',
        severity: 'severe',
        logEvidence: 9,
        headline: 'errors',
      },
      'severe alarm',
    ],
  ])('is %s', (_what, event, says) => {
    expect(needs(event)).toContain(says)
  })

  it.each<[string, RolloutEvent]>([
    ['what a gate only observes', { ...breach, mode: 'observe' }],
    ['their own abort', aborted(ines)],
    ['a step', { ...at, type: 'StageStarted', stageIndex: 1, stations: [] }],
    ['a rest', { ...at, type: 'RolloutPaused', reason: 'window', why: 'night' }],
    ['a recovery', { ...at, type: 'BreachRecovered', gate: 'first-pass yield', headline: 'well' }],
  ])('is not %s', (_what, event) => {
    expect(needs(event)).toBe(null)
  })

  it('is not the worsening of what a gate only observes', () => {
    const observed = aPausedRollout({ breaches: [aBreach({ mode: 'observe' })] })
    const worse: RolloutEvent = {
      ...at,
      type: 'BreachWorsened',
      gate: 'first-pass yield',
      logEvidence: 9,
      headline: 'x',
    }
    expect(needs(worse, observed)).toBe(null)
  })
})

describe('a direct message', () => {
  it('keeps to Slack’s limits and says nothing in others’ words that could act', () => {
    fc.assert(
      fc.property(hostileText, anyVerdict, (text, verdict) => {
        const view = aPausedRollout({
          procedure: { ...rollout.procedure, name: text },
          deployment: aDeployment({ version: text, message: text, author: text }),
          lastDecision: { what: text, by: { ...marek, name: text || 'x' }, at: noon, why: text },
          waitsFor: [text],
          next: text,
          verdict,
        })
        for (const message of [
          directMessage(view),
          directNews(
            view,
            { ...breach, gate: text.slice(0, 60) || 'x', headline: text } as RolloutEvent,
            true,
          ),
          directNews(view, { ...aborted(), why: text } as RolloutEvent, true),
        ]) {
          if (message === null) throw new Error('expected a message')
          expectWithinLimits(message)
          expectInert(message)
        }
      }),
      { numRuns: 100 },
    )
  })
})
