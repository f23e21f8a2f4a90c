// Gates as a simulation asks them: the evidence alone while nothing is near its line, the product's verdict where it is.
import { countingsOf } from '../../server/domain/gates/counting.ts'
import { evaluateGates } from '../../server/domain/gates/evaluate-gates.ts'
import type { CountedGate } from '../../server/domain/gates/gate.ts'
import { mixOf, talliesOf, withoutBase, withPast } from '../../server/domain/gates/gate-tallies.ts'
import { optionsOf } from '../../server/domain/gates/judge-compared.ts'
import { type GateQuestion, type GateStation, noConditions } from '../../server/domain/gates/question.ts'
import type { GateVerdict, Verdict } from '../../server/domain/gates/verdict.ts'
import { type CanaryModel, canaryModel } from '../../server/domain/statistics/canary-model.ts'
import { DEFAULT_OPTIONS } from '../../server/domain/statistics/evaluation-options.ts'
import { likelihoodCurve } from '../../server/domain/statistics/likelihood-curve.ts'
import { logEvidence } from '../../server/domain/statistics/log-evidence.ts'
import { logOdds } from '../../server/domain/statistics/log-odds.ts'
import { rateFromLogOdds } from '../../server/domain/statistics/rate-from-log-odds.ts'
import { toleratedChange } from '../../server/domain/statistics/tolerated-change.ts'

/** What a gate has gathered, and the bad rate from which (of a rise: below which) it gathers. */
export type Evidence = Pick<GateVerdict, 'logEvidence' | 'toleratedRate'>

type Settings = Partial<Pick<GateQuestion, 'driftNoise' | 'expectedYieldChange'>>

/** Asks about the counts of one rollout, again and again; base's last drift is kept, as it is between verdicts. */
export function gateJudge(settings: Settings = {}) {
  const drift: Verdict['drift'] = {}

  function verdict(gates: CountedGate[], stations: GateStation[], target: number): Verdict {
    const previous = { drift, failing: {} }
    const given = evaluateGates({ ...unasked, ...settings, gates, stations, target, previous }, 0)
    Object.assign(drift, given.drift)
    return given
  }

  /** By the same functions as the verdict's, and to the last digit: bounds and posterior cost ten times as much. */
  function evidence(gate: CountedGate, stations: GateStation[]): Evidence {
    const [key = '', second] = countingsOf(gate).map((counting) => counting.key)
    if (second !== undefined || ('comparison' in gate && gate.comparison === 'absolute')) {
      const [judged] = verdict([gate], stations, 0).gates
      return { logEvidence: judged?.logEvidence ?? 0, toleratedRate: judged?.toleratedRate ?? null }
    }
    const model = modelOf(gate, key, stations)
    const margin = model.units === 0 ? null : marginOf(gate, model, settings.expectedYieldChange ?? 0)
    if (margin === null) return { logEvidence: 0, toleratedRate: null }
    const curve = likelihoodCurve(model.canary, model.drift)
    return {
      logEvidence: logEvidence(curve, margin, gate.metric === 'first-pass yield rise' ? -1 : 1),
      toleratedRate: rateFromLogOdds(logOdds(model.expectedRate) + margin),
    }
  }

  function modelOf(gate: CountedGate, key: string, stations: GateStation[]): CanaryModel {
    const tallies = talliesOf(stations, key)
    const isOwnPast = 'comparison' in gate && gate.comparison === 'own past'
    const previousDrift = isOwnPast ? undefined : drift[key]
    const model = canaryModel(isOwnPast ? withoutBase(tallies) : withPast(tallies), {
      driftNoise: settings.driftNoise?.[key] ?? DEFAULT_OPTIONS.driftNoise,
      mix: mixOf(stations, key),
      ...(previousDrift ? { previousDrift } : {}),
    })
    if (!isOwnPast && tallies.some(({ arm, runs }) => arm === 'base' && runs > 0)) drift[key] = model.drift
    return model
  }

  return { evidence, verdict }
}

export function stops({ verdict }: Pick<GateVerdict, 'verdict'>): boolean {
  return verdict === 'breach' || verdict === 'severe'
}

/** The tolerated change in log-odds; null where the good outcome cannot rise by more than is tolerated. */
function marginOf(gate: CountedGate, { expectedRate, units }: CanaryModel, declared: number): number | null {
  if (gate.metric === 'first-pass yield rise') {
    const toleratedRate = expectedRate - (gate.marginPoints + Math.max(0, declared))
    return toleratedRate <= 0 ? null : logOdds(toleratedRate) - logOdds(expectedRate)
  }
  // Judged on pairs, not on counts of stations.
  if (gate.metric === 'shadow pairs') return null
  if (gate.metric === 'error budget')
    return toleratedChange(expectedRate, { relative: 1, points: Math.min(gate.extraFailures / units, 0.999) })
  const { marginRelative = 1, marginPoints = 0 } = optionsOf(gate, {
    gates: [gate],
    expectedYieldChange: declared,
  })
  return toleratedChange(expectedRate, { relative: marginRelative, points: marginPoints })
}

const unasked: Omit<GateQuestion, 'gates' | 'stations' | 'previous'> = {
  stageIndex: 0,
  expectedYieldChange: 0,
  names: {},
  conditions: noConditions,
  accepted: [],
  open: [],
  target: 0,
  passes: 'likely',
  growth: 1,
  overdue: false,
  driftNoise: {},
  watermark: { canary: 0, base: 0 },
}
