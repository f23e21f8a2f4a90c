// The bench of one station: it tests unit after unit, and changes its build only between two runs.
import type { Clock } from '../clock.ts'
import type { StationProfile } from './fleet.ts'
import { random } from './random.ts'
import type { RetestShelf } from './retest-shelf.ts'
import { type Execution, endOf } from './run-body.ts'
import type { BuildRates } from './scenario.ts'
import { pauseAfter } from './station-habits.ts'
import { interruption, type Job, type TestResult, testUnit } from './test-result.ts'
import type { UnitSupply } from './unit-supply.ts'

/** Simulated milliseconds between two looks when the station has nothing to run. */
const idleMs = 5000

export function bench(deps: {
  profile: StationProfile
  seed: number
  clock: Clock
  supply: UnitSupply
  shelf: RetestShelf
  /** The deployment that this station is asked to run now. */
  desired: () => string | null
  ratesOf: (deploymentId: string) => BuildRates
  started: (deploymentId: string, at: number) => void
  finished: (execution: Execution) => void
}) {
  const { profile, seed, clock } = deps
  const swapLuck = random(seed, profile.name, 'swap')
  let loaded: string | null = null
  /** A unit whose run was cut short: it is tested again at once. */
  let interrupted: Job | null = null

  /** Works until the signal is aborted; then it rejects with the signal's reason. */
  async function work(signal: AbortSignal): Promise<never> {
    for (;;) {
      const wanted = deps.desired()
      if (wanted === null) await clock.sleep(idleMs, signal)
      else if (wanted !== loaded) {
        await clock.sleep((5 + 15 * swapLuck.uniform()) * 1000, signal)
        loaded = wanted
      } else await testNext(wanted, signal)
    }
  }

  async function testNext(deploymentId: string, signal: AbortSignal): Promise<void> {
    const job = interrupted ?? deps.supply.next(clock.now())
    const cutShort = interrupted ? null : interruption(seed, profile, job)
    interrupted = cutShort ? job : null
    const result = cutShort ?? testUnit(seed, profile, job, deps.ratesOf(deploymentId))
    const execution = await execute(job, result, deploymentId, signal)
    deps.finished(execution)
    deps.shelf.put(job, result, profile, endOf(execution))
    await clock.sleep(pauseAfter(seed, profile, job), signal)
  }

  async function execute(
    job: Job,
    result: TestResult,
    deploymentId: string,
    signal: AbortSignal,
  ): Promise<Execution> {
    const execution = { job, result, deploymentId, startedAt: clock.now() }
    deps.started(deploymentId, execution.startedAt)
    await clock.sleep(endOf(execution) - clock.now(), signal)
    return execution
  }

  return { work }
}
