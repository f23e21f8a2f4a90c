// One test of one unit: pure, so that the rates a scenario promises can be checked without a server.
import type { StationProfile } from './fleet.ts'
import { random } from './random.ts'
import type { BuildRates } from './scenario.ts'

export type RunOutcome = 'PASS' | 'FAIL' | 'ERROR' | 'TIMEOUT' | 'ABORTED'
export type TestResult = { outcome: RunOutcome; seconds: number }

/** A unit on its way through its attempts; an aborted run uses none of them up. */
export type Job = { serial: string; attempt: number }

/** The test is stopped after so long; the procedure says the same to the service. */
export const timeLimitSeconds = 300

const retestPassRate = 0.5
const interruptedRate = 0.003

/**
 * The same seed, unit, attempt, station and build give the same result. The luck does not depend on the build:
 * a unit that passes a bad build also passes a good one, as with real boards.
 */
export function testUnit(
  seed: number,
  station: StationProfile,
  job: Job,
  rates: Readonly<BuildRates>,
): TestResult {
  const draw = random(seed, station.name, job.serial, job.attempt)
  const luck = draw.uniform()
  const fullSeconds = station.cycleSeconds * rates.durationFactor * Math.exp(0.05 * draw.normal())
  const reached = 0.15 + 0.8 * draw.uniform()
  const chances = job.attempt === 1 ? biased(rates, station.bias) : { ...rates, passRate: retestPassRate }
  const outcome = outcomeOf(luck, chances)
  switch (outcome) {
    case 'PASS':
      return { outcome, seconds: fullSeconds }
    case 'TIMEOUT':
      return { outcome, seconds: timeLimitSeconds }
    case 'FAIL':
    case 'ERROR':
      return { outcome, seconds: fullSeconds * reached }
  }
}

/** Now and then somebody opens the lid: the run that was cut short before the real one, else null. */
export function interruption(seed: number, station: StationProfile, job: Job): TestResult | null {
  const draw = random(seed, station.name, job.serial, job.attempt, 'interruption')
  if (draw.uniform() >= interruptedRate) return null
  return { outcome: 'ABORTED', seconds: station.cycleSeconds * (0.1 + 0.5 * draw.uniform()) }
}

function outcomeOf(luck: number, chances: BuildRates): Exclude<RunOutcome, 'ABORTED'> {
  if (luck < chances.errorRate) return 'ERROR'
  if (luck < chances.errorRate + chances.timeoutRate) return 'TIMEOUT'
  return luck < 1 - chances.passRate ? 'FAIL' : 'PASS'
}

/** The bias moves all that goes wrong together: a worn fixture gives more failures and more errors. */
function biased(rates: BuildRates, bias: number): BuildRates {
  const odds = (rates.passRate / (1 - rates.passRate)) * Math.exp(bias)
  const passRate = odds / (1 + odds)
  const factor = (1 - passRate) / (1 - rates.passRate)
  return {
    ...rates,
    passRate,
    errorRate: rates.errorRate * factor,
    timeoutRate: rates.timeoutRate * factor,
  }
}
