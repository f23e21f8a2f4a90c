// The client of one test station: what to run, and a queue on disk for what was run. To be copied onto benches: it needs
// Node 24 and nothing else. docs/stations.md says how it behaves when something fails.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fetchArtifact } from './artifact.ts'
import { assignmentWatch } from './assignment-watch.ts'
import type { Build } from './build.ts'
import { lockFolder } from './folder-lock.ts'
import { type Heartbeat, heartbeats } from './heartbeats.ts'
import { httpClient } from './http-client.ts'
import { readKeptBuilds } from './kept-builds.ts'
import { type Delivered, outbox } from './outbox.ts'
import { openParkedFile } from './parked-file.ts'
import { openQueueFile } from './queue-file.ts'
import { pauses } from './retry-wait.ts'
import type { StationLog } from './station-log.ts'
import { type Pickup, takeUp } from './take-up.ts'

export type StationOptions = {
  /** Of the server, without a path. */
  url: string
  /** The station's own. */
  key: string
  /** Of this station alone: queue, refused reports, builds. It must outlive the process. */
  folder: string
  /** In what the client says. */
  name?: string
  /**
   * Makes a build ready to be run, such as `async (build, procedureId, artifact) => unpack(await artifact())`. While it
   * has not succeeded the former build is run. Absent: every build is ready at once.
   */
  install?: (build: Build, procedureId: string, artifact: () => Promise<string>) => Promise<void>
  /** Another build is to be run from the next run on; null: none. */
  changed?: (procedureId: string, build: Build | null) => void
  /** The server has taken a report. */
  delivered?: (what: Delivered) => void
  log?: StationLog
  /** Milliseconds since 1970; null keeps the clock from being compared with the server's. */
  now?: (() => number) | null
  /** Of all that waits or is refused; 256 MB unless told. Beyond it `report` throws. */
  maxBytes?: number
  /** Multiplies every wait between two requests: for tests and simulations. */
  waitFactor?: number
  random?: () => number
  fetch?: typeof fetch
}

export type RunStart = Pick<Heartbeat, 'telemetry' | 'checks'> & {
  procedureId: string
  /** Of the build that is really run, where that is not the assigned one. */
  deploymentId?: string
  /** Milliseconds since 1970; the present unless told. */
  startedAt?: number
}
/** What a run is reported with; the server's documentation names all the fields there are. */
export type RunBody = Record<string, unknown>

export type RunInHand = {
  deploymentId: string
  startedAt: number
  /** Tells the server that nothing is running; whoever reports by `report` need not. */
  end(told?: Pick<Heartbeat, 'telemetry' | 'checks'>): void
  /** Adds procedure, build, start and end where the body has none. Resolves when the run is on the disk. */
  report(body: RunBody): Promise<void>
}

/** The queue holds as much as it may, or the disk does: the run was not stored. */
export class QueueFull extends Error {}

export type Station = Awaited<ReturnType<typeof openStation>>

/** For so long a station that was never told what to run waits for it at its start. */
const firstAnswerMs = 10_000
const usualMostBytes = 256 * 1_048_576

/**
 * Works until it is closed. The very first time it resolves when the server has said what to run, or after ten seconds;
 * later at once.
 * @throws when the address is none, the folder cannot be written to, or another process has it
 */
export async function openStation(options: StationOptions) {
  const { url, key, folder, log = console, random = Math.random } = options
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Error(
      `Expected the address of the server, such as https://firstpass.example.com, got "${url}".`,
    )
  const name = options.name ?? 'station'
  const now = options.now ?? Date.now
  await mkdir(folder, { recursive: true })
  const lock = await lockFolder(folder)
  const parked = await openParkedFile(join(folder, 'parked.jsonl'))
  const at = new Date().toISOString()
  const queue = await openQueueFile(join(folder, 'queue.jsonl'), (lines) =>
    parked.put(
      lines.map((body) => ({ at, kind: 'unreadable', why: 'the disk has damaged this line', body })),
    ),
  )
  const kept = await readKeptBuilds(folder)
  const working = new AbortController()
  const delivering = new AbortController()
  const request = httpClient({ url, token: key, fetch: options.fetch })
  const pause = pauses(options.waitFactor)
  const shared = { name, request, pause, random, log }

  const post = outbox({
    ...shared,
    queue,
    parked,
    delivered: (what) => guarded(() => options.delivered?.(what)),
  })
  const { say: beat, isSending } = heartbeats({
    ...shared,
    signal: delivering.signal,
    clock: () => (options.now === null ? null : new Date(now()).toISOString()),
  })
  /** By procedure: what the server was told that is running. */
  const announced = new Map<string, string>()
  const builds = takeUp({
    ...shared,
    folder,
    kept,
    install: (build, procedureId) => options.install?.(build, procedureId, () => artifact(build)),
    acknowledge,
    changed(procedureId, build) {
      announced.delete(procedureId)
      guarded(() => options.changed?.(procedureId, build))
    },
    signal: working.signal,
  })
  const poll = assignmentWatch({ ...shared, etag: builds.etag(), said: builds.said })
  builds.resume()
  const ended = Promise.all([
    untilStopped(poll(working.signal), working.signal),
    untilStopped(post.deliver(delivering.signal), delivering.signal),
  ])
  // Awaited in `close`; a loop that breaks before says so at once.
  ended.catch((error: unknown) => log.warn(`${name}: the station client broke: ${String(error)}`))
  /** The starts of the runs that are going: a fixture may hold several units. */
  const going = new Set<{ startedAt: number }>()

  // Whatever an earlier process was running when it was killed, nothing runs now.
  heartbeat()

  const enough = new AbortController()
  await Promise.race([builds.told, pause(firstAnswerMs, enough.signal).catch(() => undefined)])
  enough.abort()

  /** What is told to the test program must not end the client's own loops. */
  function guarded(tell: () => void): void {
    try {
      tell()
    } catch (error) {
      log.warn(`${name}: the test program failed on what it was told: ${String(error)}`)
    }
  }

  /** What the next run is to be made with; null: nothing is to be run. Known without the server once it has been told. */
  function assignment(procedureId: string): Build | null {
    return builds.ready(procedureId)
  }

  /** The run keeps the build it begins with, whatever is assigned meanwhile. @throws when nothing is to be run */
  function begin(start: RunStart): RunInHand {
    const { procedureId } = start
    const deploymentId = start.deploymentId ?? builds.ready(procedureId)?.id
    if (deploymentId === undefined)
      throw new Error(`Nothing is to be run of procedure ${procedureId}: expected a build to be assigned.`)
    const startedAt = start.startedAt ?? now()
    const clock = performance.now()
    const mine = { startedAt }
    going.add(mine)
    heartbeat({
      ...(start.telemetry && { telemetry: start.telemetry }),
      ...(start.checks && { checks: start.checks }),
    })
    if (announced.get(procedureId) !== deploymentId) {
      announced.set(procedureId, deploymentId)
      acknowledge({ procedure_id: procedureId, deployment_id: deploymentId, state: 'running' })
    }

    function end(how: Pick<Heartbeat, 'telemetry' | 'checks'> = {}): void {
      if (going.delete(mine)) heartbeat(how)
    }

    return {
      deploymentId,
      startedAt,
      end,
      async report(body) {
        await report({
          procedure_id: procedureId,
          deployment_id: deploymentId,
          started_at: iso(startedAt),
          // Not by the clock, which somebody may have set meanwhile: no run ends before it starts.
          ended_at: iso(startedAt + performance.now() - clock),
          ...body,
        })
        end()
      },
    }
  }

  /** Says how the station is. Returns at once. */
  function heartbeat(told: Omit<Heartbeat, 'busy' | 'run_started_at'> = {}): void {
    beat({ ...busyness(), ...told })
  }

  /** The oldest start counts: runs that started later wait to be judged. */
  function busyness(): Pick<Heartbeat, 'busy' | 'run_started_at'> {
    if (going.size === 0) return { busy: false }
    return { busy: true, run_started_at: iso(Math.min(...[...going].map((one) => one.startedAt))) }
  }

  /** Resolves when the run is on the disk: from then on it is sent, whatever happens. @throws QueueFull */
  async function report(run: RunBody): Promise<void> {
    const body = JSON.stringify(run)
    const most = options.maxBytes ?? usualMostBytes
    const held = queue.bytes() + parked.bytes()
    if (held + body.length > most)
      throw new QueueFull(
        `${folder} holds ${queue.count()} reports that wait and ${parked.count()} that were refused, ${held} of at most ${most} bytes: this run was not stored. Connect the station, see parked.jsonl, or allow more.`,
      )
    await post.put('run', body).catch((error: unknown) => {
      throw new QueueFull(`The run was not stored: ${folder} cannot be written: ${String(error)}`)
    })
  }

  /** A pickup is small, and an order of things: it is queued even where runs find no room any more. */
  function acknowledge(pickup: Pickup): void {
    post
      .put('pickup', JSON.stringify(pickup))
      .catch((error: unknown) => log.warn(`${name}: a pickup was not kept: ${String(error)}`))
  }

  /** The path of the build's artifact, fetched and compared with its sha256. */
  function artifact(build: Build): Promise<string> {
    const place = join(folder, 'artifacts')
    return fetchArtifact({ build, folder: place, url, key, fetch: options.fetch, signal: working.signal })
  }

  /** After a person has set right what the server refused. How many are sent again. */
  function retryParked(): Promise<number> {
    return parked.release(post.put)
  }

  /** Takes no new orders, hands over what waits for at most so many milliseconds, and leaves the rest for the next start. */
  async function close({ handOverMs = 0 } = {}): Promise<void> {
    working.abort()
    const until = performance.now() + handOverMs
    while ((queue.count() > 0 || isSending()) && performance.now() < until)
      await pauses()(10, delivering.signal)
    delivering.abort()
    await ended
    await builds.saved()
    await queue.close()
    await lock.release()
  }

  return {
    assignment,
    begin,
    report,
    heartbeat,
    artifact,
    /** Reports that wait to be sent. */
    queued: queue.count,
    /** Reports that the server has refused for good. */
    parked: parked.count,
    retryParked,
    close,
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

/** The end of a loop by its own signal is no fault; any other end is. */
async function untilStopped(loop: Promise<never>, signal: AbortSignal): Promise<void> {
  await loop.catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
