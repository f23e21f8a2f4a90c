// Whatever gates may be asked: any counts of any stations, with every kind of gate in the plan at once.
import fc from 'fast-check'
import { countings } from '../../../server/domain/gates/counting.ts'
import type { Conditions, GateQuestion, GateStation } from '../../../server/domain/gates/question.ts'
import { outcomes } from '../../../server/domain/run.ts'
import { accepted, gatesOf, names } from '../../support/gate-question.ts'
import { station } from '../../support/plan-builder.ts'
import { t0 } from '../../support/rollout-story.ts'

const custom = { metric: 'custom', read: 'current' } as const

/** Two stages of every kind of gate, in every comparison; each direction of what may look both ways. */
export const everyGate = gatesOf(
  { metric: 'first-pass yield', mode: 'roll back' },
  { metric: 'first-pass yield', name: 'own past', comparison: 'own past', marginPoints: 0.01 },
  { metric: 'first-pass yield', name: 'objective', comparison: 'absolute', objective: 0.98 },
  { metric: 'first-pass yield rise' },
  { metric: 'error rate', stages: [1] },
  { metric: 'timeout rate', comparison: 'absolute', objective: 0.999, burn: 6 },
  { metric: 'duration', direction: 'either' },
  { metric: 'measurement coverage', minimumSamples: 50 },
  { metric: 'error budget', extraFailures: 20 },
  { ...custom, name: 'mean', statistic: 'mean' },
  {
    ...custom,
    name: 'quantile',
    statistic: 'quantile',
    quantile: 0.95,
    direction: 'decrease',
    mode: 'observe',
  },
  { ...custom, name: 'rate', statistic: 'rate' },
  { metric: 'custom', name: 'behaviour', statistic: 'behaviour', expression: 'current < 3.0' },
  { metric: 'shadow pairs', marginPoints: 0.01 },
  { metric: 'telemetry', name: 'gap', expression: 'gap_s < 10' },
  { metric: 'telemetry', name: 'hot', expression: 'celsius < 60', comparison: 'absolute', forMinutes: 0 },
  { metric: 'new failure mode' },
  { metric: 'reference samples' },
  { metric: 'mixed builds' },
  { metric: 'sample ratio', canaryShare: 0.2 },
)
export const keys = countings(everyGate).map(({ key }) => key)

/** Of three decimals: what rounding leaves of nothing, such as 5e-324, no counting ever gives. */
const decimal = (min: number, max: number) =>
  fc.integer({ min: min * 1000, max: max * 1000 }).map((thousandths) => thousandths / 1000)
const share = fc.oneof(fc.constantFrom(0, 1), decimal(0, 1))
const size = fc.oneof(fc.constantFrom(0, 0, 1, 2, 3, 10_000_000), fc.nat(2000))
const count = fc.tuple(size, share).map(([n, part]) => ({ n, bad: Math.round(n * part) }))
/** Weighted to the canary's shifts. */
const weighted = fc.tuple(decimal(0, 500), share).map(([n, part]) => ({ n, bad: n * part }))
const counts = (of: fc.Arbitrary<{ n: number; bad: number }>) =>
  fc.dictionary(fc.constantFrom(...keys), of, { maxKeys: keys.length, size: 'max' })
const mix = fc.dictionary(fc.constantFrom(...keys), decimal(-50, 50))

export const anyStations: fc.Arbitrary<GateStation[]> = fc
  .array(
    fc.oneof(
      fc.record({ arm: fc.constant('canary' as const), past: counts(count), since: counts(count), mix }),
      fc.record({
        arm: fc.constant('base' as const),
        past: counts(count),
        since: counts(fc.oneof(count, weighted)),
        mix,
      }),
    ),
    { maxLength: 6 },
  )
  .map((all) => all.map((each, index) => ({ ...each, id: station(index + 1) })))

const past = fc
  .tuple(fc.integer({ min: 30, max: 2000 }), decimal(0, 0.3))
  .map(([n, part]) => ({ n, bad: Math.round(n * part) }))
const everyKey = (of: fc.Arbitrary<{ n: number; bad: number }>) =>
  fc.record(Object.fromEntries(keys.map((key) => [key, of])))

/** A first stage: one canary station, then those of base, each with a past. */
export const oneCanary: fc.Arbitrary<GateStation[]> = fc
  .array(
    fc.record({
      past: everyKey(past),
      since: everyKey(count),
      mix: fc.dictionary(fc.constantFrom(...keys), decimal(-1, 1)),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map((each, index) => ({
      ...each,
      id: station(index + 1),
      arm: index === 0 ? 'canary' : 'base',
    })),
  )

const stationId = fc.integer({ min: 1, max: 6 }).map(station)
const anyField = fc.oneof(
  fc.double(),
  fc.constantFrom<unknown>(null, 'n/a', true, Number.NaN, Number.POSITIVE_INFINITY, [], {}),
)
const conditions: fc.Arbitrary<Conditions> = fc.record({
  unheard: fc.option(fc.constant('TofuPilot has not been read yet')),
  shadowPairs: fc
    .record({
      worse: fc.nat(40),
      better: fc.nat(40),
      neither: fc.nat(40),
      both: fc.nat(400),
      void: fc.nat(9),
      stations: fc.nat(6),
    })
    .map(({ both, ...counts }) => ({
      ...counts,
      pairs: counts.worse + counts.better + counts.neither + both,
    })),
  heartbeats: fc.uniqueArray(
    fc.record({
      stationId,
      arm: fc.constantFrom('canary' as const, 'base' as const),
      at: fc.option(fc.integer({ min: t0 - 3_600_000, max: t0 })),
      fields: fc.dictionary(fc.constantFrom('gap_s', 'celsius', 'other'), anyField),
    }),
    { selector: (each) => each.stationId },
  ),
  failureModes: fc.array(
    fc.record({
      mode: fc.string(),
      canaryRuns: fc.nat(9),
      canaryUnits: fc.nat(9),
      baseRuns: fc.nat(2),
    }),
  ),
  references: fc.array(
    fc.record({
      stationId,
      serial: fc.string(),
      sample: fc.constantFrom('golden' as const, 'failing' as const),
      outcome: fc.constantFrom(...outcomes),
    }),
  ),
  builds: fc.array(
    fc.record({ stationId, runs: fc.nat(500), third: fc.nat(20) }).map((each) => ({
      ...each,
      runs: each.runs + each.third,
    })),
  ),
  throughput: fc.option(
    fc.record({
      canaryRuns: fc.nat(100),
      baseRuns: fc.nat(1000),
      canaryPastRuns: fc.nat(10_000),
      basePastRuns: fc.nat(100_000),
    }),
  ),
})

const anyName = fc.constantFrom(...everyGate.map(({ name }) => name))
const drift = fc.record({
  shift: decimal(-3, 3),
  variance: decimal(0.001, 1),
})

export const anyQuestion: fc.Arbitrary<GateQuestion> = fc.record({
  gates: fc.constant(everyGate),
  stageIndex: fc.nat(2),
  expectedYieldChange: fc.constantFrom(0, 0, -0.008, 0.02, -0.9, 0.9),
  stations: anyStations,
  names: fc.constant(names),
  conditions,
  accepted: fc
    .array(fc.tuple(anyName, decimal(-3, 30)), { maxLength: 3 })
    .map((all) => all.flatMap(([name, logEvidence]) => accepted(logEvidence, name))),
  open: fc.array(
    fc.record({ gate: anyName, severity: fc.constantFrom('breach' as const, 'severe' as const) }),
    { maxLength: 3 },
  ),
  target: fc.constantFrom(0, 1, 100, 100_000),
  passes: fc.constantFrom('likely' as const, 'proven' as const),
  growth: fc.constantFrom(1, 5, 1000),
  overdue: fc.boolean(),
  previous: fc.option(
    fc.record({
      drift: fc.dictionary(fc.constantFrom(...keys), drift),
      failing: fc.constant({ gap: { [station(1)]: t0 - 600_000 } }),
    }),
  ),
  driftNoise: fc.dictionary(fc.constantFrom(...keys), decimal(0.15, 0.6)),
  watermark: fc.constant({ canary: t0, base: t0 }),
})
