// given(events).when(command).gives(events): the rollout told as what happened, what is asked, and what follows.
import { expect } from 'vitest'
import { type Actor, firstpass } from '../../server/domain/actor.ts'
import type { GateVerdict, Verdict } from '../../server/domain/gates/verdict.ts'
import type { StationId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import type { Plan } from '../../server/domain/plan.ts'
import {
  type Command,
  type Decided,
  isRefusal,
  type JudgePolicy,
  type Refusal,
} from '../../server/domain/rollout/commands.ts'
import { decide } from '../../server/domain/rollout/decide.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import { fold } from '../../server/domain/rollout/evolve.ts'
import type { Readiness } from '../../server/domain/rollout/readiness.ts'
import type { PauseReason, RolloutState } from '../../server/domain/rollout/state.ts'
import { aPlan, base, build, procedure, rollout, station as s, stations } from './plan-builder.ts'
import { aGate, aVerdict } from './verdict-builder.ts'

export const ada: Actor = { kind: 'person', id: 'U1', name: 'Ada', door: 'slack' }
export const marek: Actor = { kind: 'person', id: 'U2', name: 'Marek', door: 'page' }

/** The moment every story begins; events of a story are a minute apart unless they say when. */
export const t0 = Date.parse('2026-05-22T06:00:00Z')

type Step = Partial<Pick<RolloutEvent, 'by' | 'at'>> & RolloutEventBody
type RolloutEventBody = RolloutEvent extends infer Event
  ? Event extends RolloutEvent
    ? Omit<Event, 'by' | 'at'>
    : never
  : never
export type Asked = Command extends infer Each
  ? Each extends Command
    ? Omit<Each, 'by'> & { by?: Actor }
    : never
  : never

/** What happened so far; an event that does not say who and when is Ada's, a minute after the one before. */
export function given(...steps: (Step | Step[])[]) {
  const events = dated(steps.flat())
  const state = stateOf(events)
  const last = events.at(-1)?.at ?? t0
  return {
    state,
    events,
    when(command: Asked, now: number = last + minute) {
      const decided = decide({ by: ada, ...command } as Command, state, now)
      return { ...outcome(decided, state, events), now }
    },
  }
}

function outcome(decided: Decided, before: RolloutState, events: RolloutEvent[]) {
  const made = isRefusal(decided) ? [] : decided.events
  return {
    decided,
    before,
    events: made,
    state: stateOf([...events, ...made]),
    /** All events in order, by their types and whatever else the test states. */
    gives(...expected: Partial<RolloutEvent>[]) {
      expect(decided).not.toHaveProperty('refused')
      expect(made.map((event) => event.type)).toEqual(expected.map((event) => event.type))
      expect(made).toMatchObject(expected)
    },
    givesNothing() {
      expect(decided).toEqual({ events: [] })
    },
    isRefused(refused: Refusal['refused'], why: RegExp | string = '') {
      expect(decided).toMatchObject({
        refused,
        why: expect.stringMatching(why),
        next: expect.stringMatching(/./),
      })
    },
  }
}

function dated(steps: Step[]): RolloutEvent[] {
  let at = t0 - minute
  return steps.map((step) => {
    at = step.at ?? at + minute
    return { by: ada, ...step, at } as RolloutEvent
  })
}

function stateOf(events: RolloutEvent[]): RolloutState {
  const state = fold(events)
  if (!state) throw new Error('a story begins with created(…)')
  return state
}

/** Ten stations on `aPlan`, unless said otherwise. */
export function created(
  what: { plan?: Plan; stations?: number; startAt?: number; order?: StationId[] } = {},
): Step {
  return {
    type: 'RolloutCreated',
    rolloutId: rollout,
    procedureId: procedure,
    deploymentId: build,
    baseDeploymentId: base,
    plan: what.plan ?? aPlan(),
    order: what.order ?? stations(what.stations ?? 10),
    startAt: what.startAt ?? null,
    retryOf: null,
    why: null,
  }
}

export const started: Step = { type: 'RolloutStarted' }
export const stage = (stageIndex: number, ...taken: StationId[]): Step => ({
  type: 'StageStarted',
  stageIndex,
  stations: taken,
})
export const advanced = (to: number, ...taken: StationId[]): Step[] => [
  { type: 'StageAdvanced', from: to - 1, to, why: null, override: [], evidence: [] },
  stage(to, ...taken),
]
export const live = (stageIndex: number): Step => ({ type: 'StageWentLive', stageIndex })
export const pulled = (id: StationId): Step => ({ type: 'StationPulled', stationId: id })
export const confirmed = (id: StationId): Step => ({ type: 'StationConfirmed', stationId: id })
export const paused = (reason: PauseReason = 'person'): Step => ({
  type: 'RolloutPaused',
  reason,
  why: reason === 'breach' ? 'yield fell' : reason === 'person' ? 'lunch' : `${reason} for now`,
})
export const resumed: Step = { type: 'RolloutResumed', why: null }
export const completed: Step = { type: 'RolloutCompleted', why: null, override: [], evidence: [] }
export const aborted = (...wayBack: (typeof base)[]): Step => ({
  type: 'RolloutAborted',
  why: 'bad build',
  wayBack: [base, ...wayBack],
})
type Opened = Omit<Extract<RolloutEvent, { type: 'BreachOpened' }>, 'by' | 'at'>
export const breached = (what: Partial<Opened> = {}): Step => ({
  type: 'BreachOpened',
  gate: 'first-pass yield',
  mode: 'pause',
  severity: 'breach',
  logEvidence: 5,
  headline: `${what.gate ?? 'first-pass yield'} fell`,
  details: [],
  suspect: null,
  ...what,
})
export const recovered = (gate = 'first-pass yield'): Step => ({
  type: 'BreachRecovered',
  gate,
  headline: 'as before',
})

export const ready: Readiness = { ready: true, items: [] }
export const notReady: Readiness = {
  ready: false,
  items: [{ kind: 'samples', met: false, text: '12 of 100 first attempts', done: 12, needed: 100 }],
}

export const frozen: Readiness = {
  ready: false,
  items: [{ kind: 'freeze', met: false, text: 'frozen until Monday: stock-taking', done: 0, needed: 1 }],
}
export const advance = {
  type: 'advance' as const,
  why: null,
  override: false,
  readiness: ready,
  evidence: [],
}

/** Of a stage that lacks nothing but its approvals, unless said otherwise. */
export const approve = { type: 'approve' as const, readiness: ready, evidence: [] }

/** What gates say that pass, save what the test states; the word of the whole is the first one's. */
export function verdict(...gates: Partial<GateVerdict>[]): Verdict {
  const all = gates.map((gate) =>
    aGate({ verdict: 'pass', logEvidence: 0.4, headline: 'as expected', ...gate }),
  )
  return aVerdict(all[0]?.verdict ?? 'pass', all)
}

/** Gates may not roll back, nothing is closed, and there is no second group to call. */
export const usualPolicy: JudgePolicy = { autoRollback: false, rests: null, escalateAfterMs: null }

/** The word of one gate before the decider, as the service brings it. */
export function judged(
  gate: Partial<GateVerdict> = {},
  readiness: Readiness = notReady,
  policy: Partial<JudgePolicy> = {},
): Asked {
  return judgedAll(verdict(gate), { ...usualPolicy, ...policy }, readiness)
}

export function judgedAll(all: Verdict, policy = usualPolicy, readiness: Readiness = notReady): Asked {
  return { type: 'judge', verdict: all, readiness, policy, by: firstpass }
}

/** Stage 1 with station 1 on the new build, live since its last event. */
export const firstLive: Step[] = [created(), started, stage(0, s(1)), confirmed(s(1)), live(0)]
/** Stage 2 with stations 1 to 5; all but the first are only pinned. */
export const secondStage: Step[] = [...firstLive, ...advanced(1, s(2), s(3), s(4), s(5))]
/** The last stage of three stations, all on the new build. */
export const lastLive: Step[] = [
  created({ stations: 3 }),
  started,
  stage(0, s(1)),
  confirmed(s(1)),
  ...advanced(1, s(2)),
  confirmed(s(2)),
  ...advanced(2, s(3)),
  confirmed(s(3)),
  live(2),
]
/** Station 1 had confirmed, station 2 pulled, stations 3 to 5 were only pinned. */
export const abortOpen: Step[] = [...secondStage, pulled(s(2)), aborted()]
