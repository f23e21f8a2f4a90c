// The TypeScript client on a simulated station, behind a cable that can be cut.
import { isObject } from '../../clients/station/build.ts'
import { openStation } from '../../clients/station/station.ts'
import type { BenchClient, BenchClientOptions } from './bench-client.ts'
import { stationLink } from './station-link.ts'

export async function typescriptBench(options: BenchClientOptions): Promise<BenchClient> {
  const { procedureId } = options
  const link = stationLink()
  const client = await openStation({
    ...options,
    fetch: link.fetch,
    // A fast clock makes minutes of the milliseconds that a heartbeat is under way.
    now: null,
    delivered({ kind, body }) {
      if (kind === 'pickup' && isObject(body) && typeof body.deployment_id === 'string')
        options.acknowledged({ deployment_id: body.deployment_id })
    },
  })
  return {
    desired: () => client.assignment(procedureId)?.id ?? null,
    begin: (run) => client.begin({ procedureId, ...run }),
    report: (body) => client.report({ ...body }),
    cut: link.cut,
    restore: link.restore,
    isUp: link.isUp,
    queued: client.queued,
    parked: client.parked,
    close: (handOverMs) => client.close({ handOverMs }),
  }
}
