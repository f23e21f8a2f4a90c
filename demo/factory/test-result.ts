// One test of one unit: pure, so that the rates a scenario promises can be checked without a server.
import { type BuildBehaviour, goodBuild } from './build-behaviour.ts'
import type { StationProfile } from './fleet.ts'
import { type ProductName, products } from './product.ts'
import { random } from './random.ts'

export type RunOutcome = 'PASS' | 'FAIL' | 'ERROR' | 'TIMEOUT' | 'ABORTED'
export type TestResult = {
  outcome: RunOutcome
  seconds: number
  /** Null: the phases tell. */
  failureMode: typeof lockTimeout | null
}

/** Known good and known bad. */
export type Sample = 'golden' | 'failing'

/** A unit on its way through its attempts; an aborted run uses none of them up. Of a sample, the times it was tested. */
export type Job = { serial: string; attempt: number; product: ProductName; sample: Sample | null }

/** The test is stopped after so long; the procedure says the same to the service. */
export const timeLimitSeconds = 300
/** What base never shows. */
export const lockTimeout = 'rf_output / lock timeout'

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
  build: Readonly<BuildBehaviour>,
): TestResult {
  const draw = random(seed, station.name, job.serial, job.attempt)
  const luck = draw.uniform()
  const usualSeconds = station.cycleSeconds * products[job.product].durationFactor * build.durationFactor
  const fullSeconds = usualSeconds * Math.exp(0.05 * draw.normal())
  const reached = 0.15 + 0.8 * draw.uniform()
  const { outcome, failureMode } = job.sample
    ? ofSample(job.sample, luck, station, build)
    : ofUnit(luck, station, job, build)
  switch (outcome) {
    case 'PASS':
      return { outcome, seconds: fullSeconds, failureMode }
    case 'TIMEOUT':
      return { outcome, seconds: timeLimitSeconds, failureMode }
    case 'FAIL':
    case 'ERROR':
      return { outcome, seconds: fullSeconds * reached, failureMode }
  }
}

/** Now and then somebody opens the lid: the run that was cut short before the real one, else null. */
export function interruption(seed: number, station: StationProfile, job: Job): TestResult | null {
  const draw = random(seed, station.name, job.serial, job.attempt, 'interruption')
  if (draw.uniform() >= interruptedRate) return null
  const seconds = station.cycleSeconds * (0.1 + 0.5 * draw.uniform())
  return { outcome: 'ABORTED', seconds, failureMode: null }
}

type Found = { outcome: Exclude<RunOutcome, 'ABORTED'>; failureMode: TestResult['failureMode'] }

function ofUnit(luck: number, station: StationProfile, job: Job, build: BuildBehaviour): Found {
  if (job.attempt === 1) return found(luck, biased(build, station.bias + products[job.product].passBias))
  const lockTimeoutShare = build.lockTimeoutRate / (1 - build.passRate)
  const lockTimeoutRate = (1 - retestPassRate) * lockTimeoutShare
  return found(luck, { ...build, passRate: retestPassRate, lockTimeoutRate })
}

/** A golden unit is one that passes at this station with a good build, at any time. */
function ofSample(sample: Sample, luck: number, station: StationProfile, build: BuildBehaviour): Found {
  if (sample === 'failing') return { outcome: build.hasLimits ? 'FAIL' : 'PASS', failureMode: null }
  const passing = biased(goodBuild, station.bias).passRate
  return found(1 - passing * (1 - luck), biased(build, station.bias))
}

function found(luck: number, chances: BuildBehaviour): Found {
  const { errorRate, timeoutRate, lockTimeoutRate, passRate } = chances
  if (luck < errorRate) return { outcome: 'ERROR', failureMode: null }
  if (luck < errorRate + timeoutRate) return { outcome: 'TIMEOUT', failureMode: null }
  if (luck < 1 - passRate - lockTimeoutRate) return { outcome: 'FAIL', failureMode: null }
  if (luck < 1 - passRate) return { outcome: 'FAIL', failureMode: lockTimeout }
  return { outcome: 'PASS', failureMode: null }
}

/** The bias moves all that goes wrong together: a worn fixture gives more failures and more errors. */
function biased(build: BuildBehaviour, bias: number): BuildBehaviour {
  const odds = (build.passRate / (1 - build.passRate)) * Math.exp(bias)
  const passRate = odds / (1 + odds)
  const factor = (1 - passRate) / (1 - build.passRate)
  return {
    ...build,
    passRate,
    errorRate: build.errorRate * factor,
    timeoutRate: build.timeoutRate * factor,
    lockTimeoutRate: build.lockTimeoutRate * factor,
  }
}
