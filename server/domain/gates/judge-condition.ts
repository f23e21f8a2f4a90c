// Gates that are conditions: they hold or they do not, without a promise of how often they are wrong.
import type { Instant } from '../instant.ts'
import { minute } from '../instant.ts'
import { sampleRatioCheck } from '../statistics/sample-ratio-check.ts'
import type { ConditionGate } from './gate.ts'
import type { GateQuestion, ReferenceRun } from './question.ts'
import { answers } from './telemetry.ts'
import type { GateVerdict, Verdict, VerdictWord } from './verdict.ts'

type Found = Pick<GateVerdict, 'unit' | 'canary' | 'base' | 'details' | 'headline'> & {
  /** What was not accepted yet; by the count where it is not named. */
  fresh?: number
  word: Extract<VerdictWord, 'pass' | 'breach' | 'severe' | 'grey' | 'wait' | 'no data'>
}

export function judgeCondition(
  gate: ConditionGate,
  question: GateQuestion,
  failing: Verdict['failing'],
  now: Instant,
): Omit<GateVerdict, 'acts'> {
  const { word, details, fresh, ...shown } = found(gate, question, failing, now)
  const accepted = question.accepted.find((acceptance) => acceptance.gate === gate.name)?.logEvidence ?? 0
  // What was accepted does not stop again, one more does; without any the breach is over.
  const evidence = shown.canary.bad === 0 ? -1 : (fresh ?? shown.canary.bad - Math.max(0, accepted))
  return {
    name: gate.name,
    metric: gate.metric,
    mode: gate.mode,
    comparison: 'comparison' in gate ? gate.comparison : 'absolute',
    verdict: latched(word, evidence, gate, question),
    ...shown,
    details: details.slice(0, mostDetails).map((detail) => detail.slice(0, 200)),
    expectedRate: null,
    difference: null,
    differenceLow: null,
    differenceHigh: null,
    toleratedRate: null,
    mixDifference: null,
    alpha: 0,
    logEvidence: evidence,
    logThreshold: 0,
    probabilityWorse: null,
    probabilityUnacceptable: null,
    probabilitySevere: null,
    countsToVerdict: null,
    suspect: null,
  }
}

const mostDetails = 10

/** An open breach stays one while any of what it stands on is left, as that of a counted gate does. */
function latched(
  word: Found['word'],
  evidence: number,
  gate: ConditionGate,
  question: GateQuestion,
): VerdictWord {
  const stops = word === 'breach' || word === 'severe'
  if (evidence <= 0) return stops ? 'pass' : word
  const open = question.open.find((breach) => breach.gate === gate.name)
  return open && word !== 'severe' ? open.severity : word
}

function found(
  gate: ConditionGate,
  question: GateQuestion,
  failing: Verdict['failing'],
  now: Instant,
): Found {
  switch (gate.metric) {
    case 'telemetry':
      return telemetry(gate, question, failing[gate.name] ?? {}, now)
    case 'new failure mode':
      return newFailureMode(gate, question)
    case 'reference samples':
      return referenceSamples(question)
    case 'mixed builds':
      return mixedBuilds(gate, question)
    case 'sample ratio':
      return sampleRatio(gate, question)
  }
}

function telemetry(
  gate: Extract<ConditionGate, { metric: 'telemetry' }>,
  question: GateQuestion,
  failing: Partial<Record<string, Instant>>,
  now: Instant,
): Found {
  const all = answers(gate, question.conditions.heartbeats, now)
  const counted = (arm: 'canary' | 'base') => {
    const known = all.filter((each) => each.arm === arm && each.holds !== 'unknown')
    return count(known.length, known.filter((each) => each.holds === 'no').length, known.length)
  }
  const canary = counted('canary')
  const base = counted('base')
  const expected = all.filter((each) => each.arm === 'canary').length
  const long = all.filter(
    (each) =>
      each.arm === 'canary' &&
      now - (failing[each.stationId] ?? now) >= gate.forMinutes * minute &&
      each.holds === 'no',
  )
  const details = all
    .filter((each) => each.arm === 'canary' && each.holds !== 'yes')
    .map(({ stationId, holds }) => {
      const since = failing[stationId]
      const name = question.names[stationId] ?? stationId
      return holds === 'no' && since !== undefined
        ? `${name} fails it since ${new Date(since).toISOString()}`
        : `${name} does not report it`
    })
  // A station that began to fail after an acceptance was not meant by it.
  const accepted = question.accepted.find((acceptance) => acceptance.gate === gate.name)?.at ?? -Infinity
  const fresh = all.filter(
    ({ arm, holds, stationId }) =>
      arm === 'canary' && holds === 'no' && (failing[stationId] ?? now) > accepted,
  ).length
  const shown = { unit: 'stations', canary, base, details, fresh }
  const of = `${gate.name}: ${canary.bad} of ${canary.n} canary stations fail ${gate.expression}`
  if (canary.n === 0)
    return {
      ...shown,
      word: expected === 0 ? 'wait' : 'no data',
      headline: `${gate.name}: no canary station reports it`,
    }
  if (
    long.length > 0 &&
    gate.comparison === 'base' &&
    base.n > 0 &&
    base.bad / base.n >= canary.bad / canary.n
  )
    return { ...shown, word: 'grey', headline: `${of}, and ${base.bad} of ${base.n} on base as well` }
  if (long.length > 0) return { ...shown, word: 'breach', headline: of }
  if (canary.bad > 0)
    return { ...shown, word: 'wait', headline: `${of}, for less than ${gate.forMinutes} min` }
  return canary.n < expected
    ? {
        ...shown,
        word: 'no data',
        headline: `${gate.name}: ${expected - canary.n} canary stations do not report it`,
      }
    : { ...shown, word: 'pass', headline: `${gate.name}: holds on ${canary.n} canary stations` }
}

function newFailureMode(
  gate: Extract<ConditionGate, { metric: 'new failure mode' }>,
  { conditions: { failureModes } }: GateQuestion,
): Found {
  const fresh = failureModes.filter((mode) => mode.baseRuns === 0)
  const alarming = fresh.filter(
    (mode) => mode.canaryRuns >= gate.minimumRuns && mode.canaryUnits >= gate.minimumUnits,
  )
  const runs = (modes: typeof failureModes) => modes.reduce((sum, mode) => sum + mode.canaryRuns, 0)
  const shown = {
    unit: 'failed runs',
    canary: count(runs(failureModes), runs(alarming), 0),
    base: count(
      failureModes.reduce((sum, mode) => sum + mode.baseRuns, 0),
      0,
      0,
    ),
    details: (alarming.length > 0 ? alarming : fresh).map(
      (mode) => `${mode.mode}: ${mode.canaryRuns} runs of ${mode.canaryUnits} units, never on base`,
    ),
  }
  return alarming.length > 0
    ? { ...shown, word: 'breach', headline: `${gate.name}: ${alarming.length} that base has never shown` }
    : { ...shown, word: 'pass', headline: `${gate.name}: none so far` }
}

/** A known bad unit that passes is an escape, a known good one that fails is a false failure: one is enough. */
function referenceSamples(question: GateQuestion): Found {
  const runs = question.conditions.references.filter((run) => run.outcome !== 'ABORTED')
  const wrong = runs.filter(isWrong)
  const escapes = wrong.filter((run) => run.sample === 'failing')
  const shown = {
    unit: 'reference runs',
    canary: count(runs.length, wrong.length, new Set(runs.map((run) => run.stationId)).size),
    base: count(0, 0, 0),
    details: wrong.map(
      (run) =>
        `${run.sample === 'failing' ? 'known bad' : 'known good'} ${run.serial}: ${run.outcome} on ${question.names[run.stationId] ?? run.stationId}`,
    ),
  }
  if (escapes.length > 0)
    return {
      ...shown,
      word: 'severe',
      headline: `reference samples: ${escapes.length} known bad units passed`,
    }
  if (wrong.length > 0)
    return {
      ...shown,
      word: 'breach',
      headline: `reference samples: ${wrong.length} known good units did not pass`,
    }
  return {
    ...shown,
    word: 'pass',
    headline:
      runs.length === 0
        ? 'reference samples: none tested yet'
        : `reference samples: ${runs.length} as they should be`,
  }
}

function isWrong(run: ReferenceRun): boolean {
  return run.sample === 'failing' ? run.outcome === 'PASS' : run.outcome !== 'PASS'
}

function mixedBuilds(
  gate: Extract<ConditionGate, { metric: 'mixed builds' }>,
  question: GateQuestion,
): Found {
  const { builds } = question.conditions
  const runs = builds.reduce((sum, station) => sum + station.runs, 0)
  const third = builds.reduce((sum, station) => sum + station.third, 0)
  const shown = {
    unit: 'runs',
    canary: count(runs, third, builds.length),
    base: count(0, 0, 0),
    details: builds
      .filter((station) => station.third > 0)
      .map(
        (station) =>
          `${question.names[station.stationId] ?? station.stationId}: ${station.third} of ${station.runs} runs of another build`,
      ),
  }
  const of = `mixed builds: ${third} of ${runs} runs on canary stations are of another build`
  return third >= leastThird && third > gate.limit * runs
    ? { ...shown, word: 'breach', headline: of }
    : { ...shown, word: 'pass', headline: third === 0 ? 'mixed builds: none' : of }
}

const leastThird = 3

/** Never protective: lost or strayed units make every comparison doubtful, and that is for a person. */
function sampleRatio(
  gate: Extract<ConditionGate, { metric: 'sample ratio' }>,
  question: GateQuestion,
): Found {
  const units = (arm: 'canary' | 'base') =>
    question.stations
      .filter((station) => station.arm === arm)
      .reduce((sum, station) => sum + (station.since['first-pass yield']?.n ?? 0), 0)
  const canary = Math.round(units('canary'))
  const base = Math.round(units('base'))
  const { p } = sampleRatioCheck([canary, base], [gate.canaryShare, 1 - gate.canaryShare])
  const shown = { unit: 'first attempts', canary: count(canary, 0, 0), base: count(base, 0, 0), details: [] }
  const of = `sample ratio: ${canary} units on canary and ${base} on base, expected ${(gate.canaryShare * 100).toFixed(0)} % on canary`
  return p < 0.001
    ? {
        ...shown,
        word: 'grey',
        headline: `${of}; by chance in ${p < 1e-6 ? 'less than 1 in a million' : `${(p * 100).toPrecision(1)} %`}`,
      }
    : { ...shown, word: 'pass', headline: of }
}

function count(n: number, bad: number, stations: number): GateVerdict['canary'] {
  return { stations, n, bad, rate: n === 0 ? null : bad / n }
}
