// What the gates say, turned into what follows: protection first, in every live state.
import { isSeenAgain } from '../gates/blindness.ts'
import { type GateVerdict, seenEvidence, type Verdict } from '../gates/verdict.ts'
import type { Instant } from '../instant.ts'
import type { Command, Decided } from './commands.ts'
import { approvalCalls } from './decide-approvals.ts'
import { escalations } from './decide-escalation.ts'
import { at, liveness } from './decide-fact.ts'
import { aborted } from './decide-verb.ts'
import type { RolloutEvent } from './events.ts'
import { evolve } from './evolve.ts'
import {
  isRest,
  isRunning,
  type Paused,
  type RolloutState,
  type Running,
  type ServicePause,
} from './state.ts'

type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

/** First what protects or moves the rollout, then who is called for what is left: on-call people, approvers. */
export function judge(command: Of<'judge'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state)) return { events: [] }
  const events = reaction(command, state, now)
  const after = events.reduce<RolloutState>((sum, event) => evolve(sum, event), state)
  return {
    events: [
      ...events,
      ...escalations(after, command.policy, command, now),
      ...approvalCalls(after, command.readiness, command, now),
    ],
  }
}

/**
 * A breach pauses (or, where its gate's mode and the procedure's policy say so, rolls back when it is severe), also
 * while paused; one that is gone closes itself; blind metrics and closed hours rest the rollout until they are over;
 * the last stage completes when ready.
 */
function reaction(command: Of<'judge'>, state: Running, now: Instant): RolloutEvent[] {
  const found = command.verdict.gates.flatMap((gate) => breachEvents(gate, state, command, now))
  const events: RolloutEvent[] = [...liveness(state, command, now), ...found]
  const stopping = command.verdict.gates.filter(
    (gate) => modeOf(gate) !== 'observe' && found.some((event) => opens(event, gate)),
  )
  const severe = stopping.find((gate) => gate.verdict === 'severe')
  const rollBack = stopping.find((gate) => gate.mode === 'roll back' && gate.verdict === 'severe')
  if (rollBack && command.policy.autoRollback) {
    const before = events.reduce<RolloutState>((sum, event) => evolve(sum, event), state)
    const why = `rolled back by its gate: ${rollBack.headline}`
    const away = aborted(command, before, now, why, [state.baseDeploymentId])
    return [...events, ...('events' in away ? away.events : [])]
  }
  const worst = severe ?? stopping[0]
  if (worst) return [...events, ...stopped(state, worst.headline, command, now)]
  const rest = resting(state, command, now)
  if (rest.length > 0) return [...events, ...rest]
  const last = state.stageIndex === state.plan.stages.length - 1
  if (last && state.status === 'active' && command.readiness.ready)
    return [
      ...events,
      {
        type: 'RolloutCompleted',
        why: null,
        override: [],
        evidence: seenEvidence(command.verdict.gates),
        ...at(command, now),
      },
    ]
  return events
}

/** After completion: each station against its own past. Alarms are told; what follows is for a person. */
export function watch(command: Of<'watch'>, state: RolloutState, now: Instant): Decided {
  if (state.status !== 'completed' || now >= state.watchUntil) return { events: [] }
  const events = command.verdict.gates.flatMap((gate): RolloutEvent[] => {
    if (gate.verdict !== 'breach' && gate.verdict !== 'severe') return []
    const present = state.alarms.find((alarm) => alarm.gate === gate.name)
    if (present && (present.severity === 'severe' || gate.verdict === 'breach')) return []
    return [
      {
        type: 'WatchAlarmed',
        gate: gate.name,
        severity: gate.verdict,
        logEvidence: gate.logEvidence,
        headline: gate.headline,
        ...at(command, now),
      },
    ]
  })
  return { events }
}

/** A gate acts in its stages only; in the others it observes. */
function modeOf(gate: GateVerdict): GateVerdict['mode'] {
  return gate.acts ? gate.mode : 'observe'
}

function breachEvents(gate: GateVerdict, state: Running, command: Of<'judge'>, now: Instant): RolloutEvent[] {
  const open = state.breaches.find((breach) => breach.closed === null && breach.gate === gate.name)
  const { headline, logEvidence } = gate
  const numbers = { gate: gate.name, logEvidence, headline, ...at(command, now) }
  if (gate.verdict === 'breach' || gate.verdict === 'severe') {
    const beginsToAct = open?.mode === 'observe' && modeOf(gate) !== 'observe'
    if (!open || beginsToAct)
      return [
        {
          type: 'BreachOpened',
          severity: gate.verdict,
          mode: modeOf(gate),
          details: gate.details,
          suspect: gate.suspect && {
            stationId: gate.suspect.stationId,
            isSuspected: gate.suspect.isSuspected,
          },
          ...numbers,
        },
      ]
    return gate.verdict === 'severe' && open.severity === 'breach'
      ? [{ type: 'BreachWorsened', ...numbers }]
      : []
  }
  // Late and corrected runs can take the evidence away that a breach stood on; a grey band keeps it from flapping.
  if (open && hasNumbers(gate) && gate.logEvidence < 0)
    return [{ type: 'BreachRecovered', gate: gate.name, headline, ...at(command, now) }]
  return []
}

function hasNumbers(gate: GateVerdict): boolean {
  return gate.verdict !== 'no data' && gate.verdict !== 'blind'
}

function opens(event: RolloutEvent, gate: GateVerdict): boolean {
  return (event.type === 'BreachOpened' || event.type === 'BreachWorsened') && event.gate === gate.name
}

/** A breach takes over a rest: what would go on by itself now waits for a person. */
function stopped(state: Running, why: string, command: Of<'judge'>, now: Instant): RolloutEvent[] {
  if (state.status === 'paused' && !isRest(state.pause.reason)) return []
  return [{ type: 'RolloutPaused', reason: 'breach', why, ...at(command, now) }]
}

/** A rest goes on for as long as it has its reason, or over into the other one; nothing seen is not "seen again". */
function resting(state: Running, command: Of<'judge'>, now: Instant): RolloutEvent[] {
  const present = state.status === 'paused' ? state.pause : null
  if (present && !isRest(present.reason)) return []
  const reasons: Record<ServicePause, string | null> = {
    blind: command.verdict.unheard ?? blindness(command.verdict, present),
    window: command.policy.rests,
  }
  if (present && isRest(present.reason) && reasons[present.reason] !== null) return []
  for (const reason of ['blind', 'window'] as const) {
    const why = reasons[reason]
    if (why === null || state.lifted.includes(reason)) continue
    const isUnheard = reason === 'blind' && command.verdict.unheard !== undefined
    return [{ type: 'RolloutPaused', reason, why, ...(isUnheard ? { isUnheard } : {}), ...at(command, now) }]
  }
  return present ? [{ type: 'RolloutResumed', why: 'what it rested for is over', ...at(command, now) }] : []
}

/** Whatever was not heard is heard again once it answers; of stations that fell silent runs have to show it. */
function blindness({ overall, throughput }: Verdict, present: Paused['pause'] | null): string | null {
  const share = (part: number) => `${(part * 100).toFixed(0)} %`
  if (overall === 'blind' && throughput)
    return `canary stations report ${share(throughput.share)} of the runs, ${share(throughput.pastShare)} is usual`
  const isSilent = present?.reason === 'blind' && !present.isUnheard
  return isSilent && !isSeenAgain(throughput) ? present.why : null
}
