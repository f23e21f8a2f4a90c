// The bench of one station: it tests unit after unit, and changes its build only between two runs.
import type { Clock } from '../clock.ts'
import type { BuildBehaviour } from './build-behaviour.ts'
import type { StationProfile } from './fleet.ts'
import { random } from './random.ts'
import type { RetestShelf } from './retest-shelf.ts'
import { type Execution, endOf } from './run-body.ts'
import { pauseAfter } from './station-habits.ts'
import { interruption, type Job, testUnit } from './test-result.ts'
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
  behaviourOf: (deploymentId: string) => BuildBehaviour
  started: (run: Omit<Execution, 'result'>) => void
  /** It is on the station's disk when this resolves. */
  finished: (execution: Execution) => Promise<void>
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
    const build = deps.behaviourOf(deploymentId)
    const result = cutShort ?? testUnit(seed, profile, job, build)
    const execution = { job, result, deploymentId, build, startedAt: clock.now() }
    deps.started(execution)
    await clock.sleep(endOf(execution) - clock.now(), signal)
    await deps.finished(execution)
    deps.shelf.put(job, result, profile, endOf(execution))
    await clock.sleep(pauseAfter(seed, profile, job), signal)
  }

  return { work }
}
