// One simulated station: a bench that tests, an ear for assignments and an outbox, over one network link.
import type { Clock } from '../clock.ts'
import { assignmentWatch } from './assignment-watch.ts'
import { bench } from './bench.ts'
import type { BuildBehaviour } from './build-behaviour.ts'
import type { FactoryLog } from './factory-log.ts'
import type { StationProfile } from './fleet.ts'
import { heartbeats } from './heartbeats.ts'
import { httpClient } from './http-client.ts'
import { type Letter, outbox, type PickupBody } from './outbox.ts'
import { random } from './random.ts'
import type { RetestShelf } from './retest-shelf.ts'
import type { RealPause } from './retry-wait.ts'
import { type Execution, runBody } from './run-body.ts'
import type { Scoreboard } from './scoreboard.ts'
import { uploadOf } from './station-habits.ts'
import { stationLink } from './station-link.ts'
import { stationTelemetry } from './telemetry.ts'
import type { UnitSupply } from './unit-supply.ts'

export function station(deps: {
  url: string
  key: string
  procedureId: string
  profile: StationProfile
  seed: number
  clock: Clock
  pause: RealPause
  supply: UnitSupply
  shelf: RetestShelf
  behaviourOf: (deploymentId: string) => BuildBehaviour
  /** For how many simulated milliseconds a run of that deployment stays here before it is sent. */
  heldMs: (deploymentId: string) => number
  /** What it runs although it may be asked for something else; null: it does as it is asked. */
  kept: () => string | null
  scoreboard: Scoreboard
  log: FactoryLog
  /** The server knows now that this station has, or runs, a deployment. */
  acknowledged: (pickup: PickupBody) => void
}) {
  const { profile, seed, clock, pause, log, procedureId } = deps
  const spread = random(seed, profile.name, 'spread').uniform()
  const link = stationLink({ request: httpClient({ url: deps.url, token: deps.key }) })
  const shared = { stationName: profile.name, link, pause, spread, log }
  const post = outbox({
    ...shared,
    delivered: (letter) => {
      if (letter.kind === 'pickup') deps.acknowledged(letter.body)
    },
  })
  const heart = heartbeats(shared)
  const own = stationTelemetry({ seed, station: profile.name })
  const held = new Set<Letter>()
  let announced: string | null = null

  const ear = assignmentWatch({
    ...shared,
    procedureId,
    changed: (deploymentId) => {
      announced = null
      if (deploymentId !== null) post.put(pickup(deploymentId, 'pulled'))
    },
  })

  /** Works until `working` is aborted, and delivers until `delivering` is. */
  async function run(working: AbortSignal, delivering: AbortSignal): Promise<void> {
    const worker = bench({
      ...deps,
      desired: () => deps.kept() ?? ear.desired(),
      started,
      finished: (one) => finished(one, working),
    })
    await Promise.all([
      untilStopped(ear.poll(working), working),
      untilStopped(worker.work(working), working),
      untilStopped(post.deliver(delivering), delivering),
    ])

    function started({ deploymentId, build, startedAt }: Omit<Execution, 'result'>): void {
      own.closed(deploymentId, build)
      const run_started_at = new Date(startedAt).toISOString()
      heart.say({ busy: true, run_started_at, ...own.read(build) }, working)
      if (announced === deploymentId) return
      announced = deploymentId
      post.put(pickup(deploymentId, 'running'))
    }
  }

  function finished(execution: Execution, working: AbortSignal): void {
    deps.scoreboard.count(execution)
    heart.say({ busy: false, ...own.read(execution.build) }, working)
    const letter: Letter = { kind: 'run', body: runBody(seed, execution, procedureId) }
    const upload = uploadOf(seed, profile, execution.job)
    const heldMs = deps.heldMs(execution.deploymentId)
    if (heldMs > 0) void putLater(letter, heldMs, working)
    else if (upload.manner === 'late') void putLater(letter, upload.afterMs, working)
    else post.put(letter)
    if (upload.manner === 'twice') post.put(letter)
  }

  /** A station that is switched off meanwhile hands the run over at once: late, never lost. */
  async function putLater(letter: Letter, afterMs: number, working: AbortSignal): Promise<void> {
    held.add(letter)
    await clock.sleep(afterMs, working).catch(() => undefined)
    held.delete(letter)
    post.put(letter)
  }

  function pickup(deploymentId: string, state: PickupBody['state']): Letter {
    return { kind: 'pickup', body: { procedure_id: procedureId, deployment_id: deploymentId, state } }
  }

  return {
    name: profile.name,
    run,
    cut: link.cut,
    restore: link.restore,
    isUp: link.isUp,
    queued: () => post.size() + held.size,
    parked: post.parked,
  }
}

/** The end of a loop by its own signal is no fault; any other end is. */
async function untilStopped(loop: Promise<never>, signal: AbortSignal): Promise<void> {
  await loop.catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
