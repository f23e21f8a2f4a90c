// One simulated station: a bench that tests, and a station client that hears what to run and reports what was run.
import type { Clock } from '../clock.ts'
import { bench } from './bench.ts'
import type { BenchClient } from './bench-client.ts'
import type { BuildBehaviour } from './build-behaviour.ts'
import type { StationProfile } from './fleet.ts'
import type { RetestShelf } from './retest-shelf.ts'
import { type Execution, type RunBody, runBody } from './run-body.ts'
import type { Scoreboard } from './scoreboard.ts'
import { uploadOf } from './station-habits.ts'
import { stationTelemetry } from './telemetry.ts'
import type { UnitSupply } from './unit-supply.ts'

/** Real milliseconds in which a stopping station may still hand over what it has tested. */
const handOverMs = 2000

export function station(deps: {
  client: BenchClient
  procedureId: string
  profile: StationProfile
  seed: number
  clock: Clock
  supply: UnitSupply
  shelf: RetestShelf
  behaviourOf: (deploymentId: string) => BuildBehaviour
  /** For how many simulated milliseconds a run of that deployment stays here before it is sent. */
  heldMs: (deploymentId: string) => number
  /** What it runs although it may be asked for something else; null: it does as it is asked. */
  kept: () => string | null
  scoreboard: Scoreboard
}) {
  const { client, profile, seed, clock, procedureId } = deps
  const own = stationTelemetry({ seed, station: profile.name })
  const held = new Set<Promise<void>>()
  let inHand: ReturnType<BenchClient['begin']> | null = null

  /** Works until the signal is aborted, and then hands over what it has tested. */
  async function run(working: AbortSignal): Promise<void> {
    const worker = bench({
      ...deps,
      desired: () => deps.kept() ?? client.desired(),
      started({ deploymentId, build, startedAt }) {
        own.closed(deploymentId, build)
        inHand = client.begin({ deploymentId, startedAt, ...own.read(build) })
      },
      finished: (execution) => finished(execution, working),
    })
    try {
      await worker.work(working).catch((error: unknown) => {
        if (!working.aborted) throw error
      })
      await Promise.all(held)
    } finally {
      await client.close(client.isUp() ? handOverMs : 0)
    }
  }

  async function finished(execution: Execution, working: AbortSignal): Promise<void> {
    deps.scoreboard.count(execution)
    inHand?.end(own.read(execution.build))
    const body = runBody(seed, execution, procedureId)
    const upload = uploadOf(seed, profile, execution.job)
    const heldMs = deps.heldMs(execution.deploymentId)
    if (heldMs > 0) reportLater(body, heldMs, working)
    else if (upload.manner === 'late') reportLater(body, upload.afterMs, working)
    else await client.report(body)
    if (upload.manner === 'twice') await client.report(body)
  }

  /** A station that is switched off meanwhile hands the run over at once: late, never lost. */
  function reportLater(body: RunBody, afterMs: number, working: AbortSignal): void {
    const reported = clock
      .sleep(afterMs, working)
      .catch(() => undefined)
      .then(() => client.report(body))
      .finally(() => held.delete(reported))
    held.add(reported)
  }

  return {
    name: profile.name,
    run,
    cut: client.cut,
    restore: client.restore,
    isUp: client.isUp,
    queued: () => client.queued() + held.size,
    parked: client.parked,
  }
}
