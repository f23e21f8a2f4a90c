// Verdicts as large and as strange as a plan allows: thirty gates, long names, ten findings each.
import fc from 'fast-check'
import { gateMetric, gateMode } from '../../../server/domain/gates/gate.ts'
import { verdictWord } from '../../../server/domain/gates/verdict.ts'
import { aGate, aSuspect, aVerdict } from '../../support/verdict-builder.ts'

/** What people, commits and runs could carry to act in Slack, or to burst a message. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom(
    '<!channel>',
    '@here @channel',
    '<@U0TESTENG1>',
    '<https://evil|click>',
    '&lt;!here&gt;',
    '\u202egnp',
  ),
  fc.string({ unit: 'binary', maxLength: 6000 }),
  fc.constant('<!everyone> & '.repeat(400)),
  fc.constant('&'.repeat(5000)),
)

const rate = fc.double({ min: 0, max: 1, noNaN: true })
const difference = fc.double({ min: -1, max: 1, noNaN: true })
const maybe = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { freq: 4 })

const anyGate = fc
  .record({
    name: hostileText,
    headline: hostileText,
    detail: hostileText,
    details: fc.integer({ min: 0, max: 10 }),
    known: fc.record({
      metric: fc.constantFrom(...gateMetric.options),
      mode: fc.constantFrom(...gateMode.options),
      verdict: fc.constantFrom(...verdictWord.options),
      acts: fc.boolean(),
      comparison: fc.constantFrom('base', 'own past', 'absolute'),
      unit: fc.constantFrom('runs', 'PASS runs', 'runs that report it'),
      canary: fc.record({
        stations: fc.nat(1000),
        n: fc.nat(10_000_000),
        bad: fc.nat(10_000),
        rate: maybe(rate),
      }),
      expectedRate: maybe(rate),
      toleratedRate: maybe(rate),
      difference: maybe(difference),
      differenceLow: maybe(difference),
      differenceHigh: maybe(difference),
      alpha: fc.constantFrom(0, 0.005, 0.02),
      countsToVerdict: maybe(fc.nat(1_000_000_000)),
      suspect: maybe(fc.boolean().map((isSuspected) => aSuspect(1, isSuspected))),
    }),
  })
  .map(({ name, headline, detail, details, known }) =>
    aGate({
      ...known,
      name: name.slice(0, 60) || 'x',
      headline,
      details: Array.from({ length: details }, () => detail.slice(0, 200)),
    }),
  )

export const anyVerdict = fc
  .record({
    overall: fc.constantFrom(...verdictWord.options),
    gates: fc.oneof(
      fc.array(anyGate, { maxLength: 30 }),
      fc.array(anyGate, { minLength: 30, maxLength: 30 }),
    ),
    isBlind: fc.boolean(),
  })
  .map(({ overall, gates, isBlind }) =>
    aVerdict(overall, gates, { throughput: { runs: 12, share: 0.004, pastShare: 0.21, isBlind } }),
  )
