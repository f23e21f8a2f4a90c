import { evaluateCanary } from './evaluate-canary.ts'
import type { EvaluationOptions } from './evaluation-options.ts'
import * as read from './reference-input.ts'
import type { StationTally } from './station-tally.ts'

/** The cases of kind `sbb`: one evaluation of a rollout, under the reference's own names. */
export function evaluateReferenceRollout(input: read.ReferenceInput): Readonly<Record<string, unknown>> {
  const judged = evaluateCanary(read.readStations(input), readOptions(read.readObject(input, 'params')))
  const expectation = {
    pbar: judged.fleetRate,
    tau2: judged.stationVariance,
    g: judged.drift.shift,
    vg: judged.drift.variance,
    n: judged.units,
    f: judged.bad,
    expectedRate: judged.expectedRate,
  }
  if (judged.status === 'no data') return expectation
  return {
    ...expectation,
    observedRate: judged.observedRate,
    dMargin: judged.margin,
    dTol: judged.unacceptable,
    dSev: judged.severe,
    logE: judged.logEvidence,
    breach: judged.breach,
    lowerLogOdds: judged.lowerLogOdds,
    upperLogOdds: judged.upperLogOdds,
    lowerRateDelta: judged.lowerRateDelta,
    upperRateDelta: judged.upperRateDelta,
    pWorse: judged.probabilityWorse,
    pUnacceptable: judged.probabilityUnacceptable,
    pSevere: judged.probabilitySevere,
    posteriorRate: judged.posteriorRate,
  }
}

/** The cases of kind `sbbTrajectory`: one canary station, looked at after every run. */
export function evaluateReferenceTrajectory(input: read.ReferenceInput): Readonly<Record<string, unknown>> {
  const options = readOptions(read.readObject(input, 'params'))
  const [pastRuns = 0, pastBad = 0] = read.readNumbers(input, 'canaryPre')
  const base = read.readRows(input, 'base')
  let bad = 0
  const logE = read.readNumbers(input, 'outcomes').map((outcome, place) => {
    const runs = place + 1
    bad += outcome
    const canary: StationTally = { id: 'canary', arm: 'canary', pastRuns, pastBad, runs, bad }
    const others = base.map(([baseRuns = 0, baseBad = 0, rate = 0], index): StationTally => {
      const counts = { runs, bad: roundedHalfToEven(rate * runs) }
      return { id: `base ${index}`, arm: 'base', pastRuns: baseRuns, pastBad: baseBad, ...counts }
    })
    const judged = evaluateCanary([canary, ...others], options)
    return judged.status === 'judged' ? judged.logEvidence : 0
  })
  return { logE }
}

const OPTION_NAMES = [
  ['alpha', 'alpha'],
  ['sig_eta', 'driftNoise'],
  ['margin_rel', 'marginRelative'],
  ['margin_abs', 'marginPoints'],
  ['tol_rel', 'unacceptableRelative'],
  ['tol_abs', 'unacceptablePoints'],
  ['sev_rel', 'severeRelative'],
  ['sev_abs', 'severePoints'],
  ['prior_sd', 'priorSpread'],
] as const

function readOptions(params: read.ReferenceInput): EvaluationOptions {
  const given = OPTION_NAMES.filter(([name]) => params[name] !== undefined)
  return {
    ...Object.fromEntries(given.map(([name, option]) => [option, read.readNumber(params, name)])),
    ...(params.mix === undefined ? {} : { mix: read.readNumbersByName(params, 'mix') }),
    ...(params.g_prev === undefined
      ? {}
      : {
          previousDrift: {
            shift: read.readNumber(params, 'g_prev'),
            variance: read.readNumber(params, 'v_prev'),
          },
        }),
  }
}

function roundedHalfToEven(value: number): number {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}
