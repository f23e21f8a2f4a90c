// Commands and facts in any order, for the model of the rollout: most make sense somewhere, none everywhere.
import fc from 'fast-check'
import { firstpass } from '../../../server/domain/actor.ts'
import { overall } from '../../../server/domain/gates/evaluate-gates.ts'
import type { SeenEvidence, Verdict } from '../../../server/domain/gates/verdict.ts'
import { hour } from '../../../server/domain/instant.ts'
import type { Command } from '../../../server/domain/rollout/commands.ts'
import type { Readiness } from '../../../server/domain/rollout/readiness.ts'
import { base, build, station, thirdBuild } from '../../support/plan-builder.ts'
import { ada, marek, notReady, ready, usualPolicy, verdict } from '../../support/rollout-story.ts'

/** `ago`: what stations show happened up to three hours before it is read. */
export type Step = { command: (now: number) => Command; afterMs: number }

const anyStation = fc.integer({ min: 1, max: 13 }).map(station)
const anyBuild = fc.constantFrom(base, build, build, thirdBuild)
const anyReadiness = fc.constantFrom<Readiness>(ready, ready, notReady)
const why = fc.constantFrom('because', ' ')
const evidence = fc.constant<SeenEvidence[]>([])
const closed = fc.constantFrom(null, null, 'night')
const ago = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * hour }))

const gateNames = ['first-pass yield', 'error rate', 'duration', 'reference samples'] as const

const verbs = fc.oneof(
  fc.record({ type: fc.constant('approve' as const), closed, readiness: anyReadiness, evidence }),
  fc.record({
    type: fc.constant('advance' as const),
    why,
    override: fc.boolean(),
    readiness: anyReadiness,
    evidence,
  }),
  fc.record({
    type: fc.constant('set' as const),
    share: fc.oneof(fc.double({ min: 0, max: 1 }), fc.constantFrom(1, 1.4, Number.NaN)),
    why,
    override: fc.boolean(),
    readiness: anyReadiness,
    evidence,
  }),
  fc.record({ type: fc.constant('pause' as const), why }),
  fc.record({ type: fc.constant('resume' as const), why }),
  fc.record({ type: fc.constant('undo' as const), why }),
  fc.record({ type: fc.constant('waive' as const), stationId: anyStation, why }),
  fc.record({
    type: fc.constant('acknowledge' as const),
    gate: fc.constantFrom(...gateNames),
    why,
    logEvidence: fc.option(fc.double({ min: -2, max: 50, noNaN: true })),
    evidence,
  }),
)

const unseen = { runs: 2, share: 0.01, pastShare: 0.1, isBlind: true }
const throughput = fc.constantFrom<Verdict['throughput'][]>(
  null,
  unseen,
  { ...unseen, isBlind: false },
  { runs: 30, share: 0.1, pastShare: 0.1, isBlind: false },
)

const anyVerdict = fc
  .record({
    throughput,
    gates: fc.array(
      fc.record({
        name: fc.constantFrom(...gateNames),
        mode: fc.constantFrom('observe' as const, 'pause' as const, 'roll back' as const),
        acts: fc.constantFrom(true, true, false),
        // A breach stands on evidence above its line, every other word on less.
        shown: fc.oneof(
          fc.record({
            verdict: fc.constantFrom('breach' as const, 'severe' as const),
            logEvidence: fc.double({ min: 4, max: 50, noNaN: true }),
          }),
          fc.record({
            verdict: fc.constantFrom('pass' as const, 'wait' as const, 'grey' as const, 'no data' as const),
            logEvidence: fc.double({ min: -2, max: 3.9, noNaN: true }),
          }),
        ),
      }),
      { maxLength: 3 },
    ),
  })
  .map((said): Verdict => {
    const isBlind = said.throughput?.isBlind ?? false
    const each = new Map(
      said.gates.map(({ shown: { verdict: word, logEvidence }, ...gate }) => {
        const proven = word === 'breach' || word === 'severe'
        return [gate.name, { ...gate, logEvidence, verdict: isBlind && !proven ? 'blind' : word } as const]
      }),
    )
    const { gates, ...rest } = verdict(...each.values())
    return { ...rest, gates, overall: overall(gates), throughput: said.throughput }
  })

const judgement = fc.record({
  type: fc.constant('judge' as const),
  readiness: anyReadiness,
  verdict: anyVerdict,
  policy: fc.record({
    autoRollback: fc.boolean(),
    rests: fc.constantFrom(null, null, null, 'night'),
    escalateAfterMs: fc.constantFrom(null, hour / 2, hour / 2),
  }),
})

const watching = fc.record({ type: fc.constant('watch' as const), verdict: anyVerdict })

const facts = fc.oneof(
  fc.record({ type: fc.constant('start' as const), closed }),
  fc.record({ type: fc.constant('call approvers' as const), readiness: anyReadiness }),
  fc.record({ type: fc.constant('join' as const), stationId: anyStation }),
  fc.record({ type: fc.constant('leave' as const), stationId: anyStation, why }),
  fc.record({
    type: fc.constant('station stale' as const),
    stationId: anyStation,
    detail: fc.constant('silent'),
  }),
  { weight: 2, arbitrary: judgement },
  watching,
  fc.integer({ min: 1, max: 9 }).map((pairs) => ({ type: 'retests' as const, pairs, units: 2 * pairs })),
)

const shown = fc.oneof(
  fc.record({ type: fc.constant('served' as const), stationId: anyStation, ago }),
  fc.record({ type: fc.constant('run' as const), stationId: anyStation, deploymentId: anyBuild, ago }),
  fc.record({
    type: fc.constant('pickup' as const),
    state: fc.constantFrom('pulled' as const, 'running' as const, 'failed' as const),
    stationId: anyStation,
    deploymentId: anyBuild,
    ago,
  }),
)

/** Nobody looked for a while, and runs that arrive prove a part of some while. */
const looks = fc.record({ type: fc.constantFrom('away' as const, 'measured' as const), ago, forMs: ago })

const endings = fc.oneof(
  fc.record({ type: fc.constant('abort' as const), why }),
  fc.record({
    type: fc.constant('supersede' as const),
    successor: fc.constantFrom(build, thirdBuild),
    why,
  }),
)

const anyCommand = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(verbs, fc.constantFrom(ada, ada, marek)).map(([verb, by]) => () => ({ ...verb, by })),
  },
  { weight: 3, arbitrary: facts.map((fact) => () => ({ ...fact, by: firstpass })) },
  {
    weight: 5,
    arbitrary: shown.map(({ ago: before, ...fact }) => (now: number): Command => {
      const moment = now - before
      return fact.type === 'run'
        ? { ...fact, startedAt: moment, by: firstpass }
        : fact.type === 'served'
          ? { ...fact, at: moment, by: firstpass }
          : { ...fact, message: null, at: moment, by: firstpass }
    }),
  },
  {
    weight: 1,
    arbitrary: looks.map(({ type, ago: before, forMs }) => (now: number): Command => {
      const from = now - before
      return type === 'away'
        ? { type, since: from, by: firstpass }
        : { type, spans: [{ from, to: Math.min(now, from + forMs) }], by: firstpass }
    }),
  },
  { weight: 1, arbitrary: endings.map((ending) => () => ({ ...ending, by: marek })) },
)

const stepsOf = (command: fc.Arbitrary<Step['command']>): fc.Arbitrary<Step[]> =>
  fc.array(fc.record({ command, afterMs: fc.integer({ min: 0, max: 2 * hour }) }), {
    maxLength: 60,
    size: 'max',
  })

export const anySteps = stepsOf(anyCommand)

const quiet = fc.record({
  type: fc.constantFrom('judge' as const, 'call approvers' as const),
  readiness: anyReadiness,
  verdict: fc.constant(verdict()),
  policy: fc.constant(usualPolicy),
})
const approval = fc.record({
  type: fc.constant('approve' as const),
  readiness: anyReadiness,
  evidence,
  by: fc.constantFrom(ada, marek),
})

/** Mostly looks that find nothing wrong, and approvals: else approvers would be asked and answer too seldom. */
export const approvalSteps = stepsOf(
  fc.oneof(
    { weight: 5, arbitrary: quiet.map((look) => () => ({ ...look, by: firstpass })) },
    { weight: 2, arbitrary: approval.map((approving) => () => approving) },
    { weight: 2, arbitrary: anyCommand },
  ),
)
