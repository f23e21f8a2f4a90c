// Simulated stations in another process, whose clients may be written in any language: orders and news in lines of JSON.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { BenchClient, BenchClientOptions } from './bench-client.ts'

const counts = { queued: z.int(), parked: z.int() }
const news = z.discriminatedUnion('said', [
  z.object({
    said: z.literal('open'),
    station: z.string(),
    deployment_id: z.string().nullable(),
    ...counts,
  }),
  z.object({ said: z.literal('failed'), station: z.string(), why: z.string() }),
  z.object({ said: z.literal('assignment'), station: z.string(), deployment_id: z.string().nullable() }),
  z.object({ said: z.literal('stored'), station: z.string(), number: z.int(), ...counts }),
  z.object({ said: z.literal('full'), station: z.string(), number: z.int(), why: z.string() }),
  z.object({ said: z.literal('acknowledged'), station: z.string(), deployment_id: z.string() }),
  z.object({ said: z.literal('counts'), station: z.string(), ...counts }),
  z.object({ said: z.literal('warning'), text: z.string() }),
  z.object({ said: z.literal('closed'), station: z.string(), ...counts }),
])
type News = z.infer<typeof news>

export type RemoteBenches = ReturnType<typeof remoteBenches>
export type RemoteBench = BenchClient & { retryParked(): void }

/** `command` is the program and its words. */
export function remoteBenches(deps: {
  command: readonly [string, ...string[]]
  log: { warn(text: string): void }
}) {
  const [program, ...words] = deps.command
  const process: ChildProcessWithoutNullStreams = spawn(program, words, { stdio: 'pipe' })
  const listeners = new Map<string, (what: News) => void>()
  let complaint = ''
  process.stderr.on('data', (part) => {
    complaint = `${complaint}${part}`.slice(-2000)
  })
  process.stdin.on('error', () => undefined)
  const ended = new Promise<string>((resolve) => {
    process.once('error', (error) => resolve(error.message))
    process.once('close', (code) => resolve(complaint.trim() || `it ended with ${code}`))
  })
  createInterface({ input: process.stdout }).on('line', (line) => {
    const what = news.parse(JSON.parse(line))
    if (what.said === 'warning') deps.log.warn(what.text)
    else listeners.get(what.station)?.(what)
  })

  function order(what: object): void {
    process.stdin.write(`${JSON.stringify(what)}\n`)
  }

  /** @throws when the folder is in use, or the process has ended */
  async function open(
    options: BenchClientOptions & { installs?: boolean; mostBytes?: number },
  ): Promise<RemoteBench> {
    const { name: station, url, key, folder, procedureId } = options
    const opened = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    const storing = new Map<number, PromiseWithResolvers<void>>()
    let known = { queued: 0, parked: 0 }
    let desired: string | null = null
    let isUp = true
    let orders = 0
    const gone = ended.then((why) => new Error(`The process of ${station} has ended: ${why}`))
    gone.then((error) => {
      opened.reject(error)
      closed.resolve()
      for (const each of storing.values()) each.reject(error)
    })
    listeners.set(station, (what) => {
      if ('queued' in what) known = { queued: what.queued, parked: what.parked }
      if (what.said === 'open' || what.said === 'assignment') desired = what.deployment_id
      if (what.said === 'open') opened.resolve()
      if (what.said === 'failed') opened.reject(new Error(what.why))
      if (what.said === 'acknowledged') options.acknowledged(what)
      if (what.said === 'stored') settle(what.number)?.resolve()
      if (what.said === 'full') settle(what.number)?.reject(new Error(what.why))
      if (what.said === 'closed') closed.resolve()
    })
    function settle(number: number): PromiseWithResolvers<void> | undefined {
      const found = storing.get(number)
      storing.delete(number)
      return found
    }
    order({
      do: 'open',
      station,
      url,
      key,
      folder,
      procedure: procedureId,
      wait_factor: options.waitFactor,
      ...(options.installs ? { installs: true } : {}),
      ...(options.mostBytes === undefined ? {} : { most_bytes: options.mostBytes }),
    })
    await opened.promise

    return {
      desired: () => desired,
      begin({ deploymentId, startedAt, ...told }) {
        order({ do: 'begin', station, deployment_id: deploymentId, started_at: startedAt, ...told })
        return { end: (how) => order({ do: 'end', station, ...how }) }
      },
      report(run) {
        const number = ++orders
        const done = Promise.withResolvers<void>()
        storing.set(number, done)
        order({ do: 'report', station, number, run })
        return done.promise
      },
      cut() {
        isUp = false
        order({ do: 'cut', station })
      },
      restore() {
        isUp = true
        order({ do: 'restore', station })
      },
      retryParked: () => order({ do: 'retry parked', station }),
      isUp: () => isUp,
      queued: () => known.queued + storing.size,
      parked: () => known.parked,
      async close(handOverMs) {
        order({ do: 'close', station, hand_over: handOverMs / 1000 })
        await closed.promise
      },
    }
  }

  /** After its stations are closed. */
  async function end(): Promise<void> {
    const closed = process.exitCode === null && process.signalCode === null ? once(process, 'close') : null
    process.stdin.end()
    await closed
  }

  return { open, end, ended, pid: process.pid, kill: () => process.kill('SIGKILL') }
}
