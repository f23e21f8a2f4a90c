// Three processes of the service on one PostgreSQL, each behind a proxy that can break off, and back after every death.
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../../demo/factory/free-port.ts'
import { type Service, startService } from '../../speed/servers/service.ts'
import type { Place } from '../torture.ts'
import { type CuttingProxy, cuttingProxy } from './cutting-proxy.ts'

export type Replica = {
  url: string
  proxy: CuttingProxy
  /** Null while it is dead or starting. */
  service(): Service | null
  /** It is about to be killed: its end is no crash. */
  condemn(): void
  /** Resolves when it serves again. */
  revive(): Promise<void>
}

export type Cluster = {
  replicas: Replica[]
  urls: string[]
  /** Of processes that ended although nobody killed them: their last words. */
  crashes: string[]
  /** One that serves now; waits for it. */
  serving(): Promise<Service>
  whole(): Promise<void>
  stop(): Promise<void>
}

/**
 * @param beside an installed checkout of another version. Each process is of the one version and of the other in turn, from
 * one start to the next: they are side by side, and every death is an upgrade or a way back.
 */
export async function cluster(
  place: Pick<Place, 'atEnd'>,
  databaseUrl: string,
  options: { count: number; env: Record<string, string>; beside: string | null },
): Promise<Cluster> {
  const { count, env, beside } = options
  const crashes: string[] = []
  let isStopping = false

  const behindProxy = async (number: number) => {
    const proxy = await cuttingProxy(Number(new URL(databaseUrl).port))
    place.atEnd(proxy.close)
    return replica(proxy, number)
  }
  // The first makes the schema, the others start beside each other.
  const first = await behindProxy(0)
  const others = Array.from({ length: count - 1 }, (_, index) => behindProxy(index + 1))
  const replicas = [first, ...(await Promise.all(others))]

  async function replica(proxy: CuttingProxy, number: number): Promise<Replica> {
    const through = new URL(databaseUrl)
    through.port = String(proxy.port)
    const port = await freePort()
    let starts = 0
    const begin = () => {
      const checkout = (number + starts) % 2 === 1 ? beside : null
      starts += 1
      return startService({ url: through.href }, { env, port, checkout })
    }
    let service: Service | null = await begin()
    let reviving: Promise<void> | null = null
    let isCondemned = false
    place.atEnd(async () => service?.kill())

    async function started(): Promise<void> {
      for (let tries = 1; service === null && !isStopping; tries++) {
        try {
          service = await begin()
        } catch (error) {
          // A start that is struck ends with an error, as it should: whoever runs the service starts it again.
          if (tries >= 20) throw error
          await pause(100)
        }
      }
      reviving = null
    }
    function revive(): Promise<void> {
      service = null
      isCondemned = false
      reviving ??= started()
      return reviving
    }
    return {
      url: `http://127.0.0.1:${port}`,
      proxy,
      service() {
        if (service !== null && !isAlive(service.pid) && !isStopping && !isCondemned) {
          crashes.push(service.said().slice(-3_500))
          void revive()
        }
        return service
      },
      condemn() {
        isCondemned = true
      },
      revive,
    }
  }

  async function serving(): Promise<Service> {
    for (;;) {
      for (const each of replicas) {
        const service = each.service()
        if (service !== null) return service
      }
      await pause(50)
    }
  }

  return {
    replicas,
    urls: replicas.map(({ url }) => url),
    crashes,
    serving,
    async whole() {
      while (replicas.some((each) => each.service() === null)) await pause(50)
    },
    async stop() {
      isStopping = true
      await Promise.all(replicas.map((each) => each.service()?.stop()))
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
