// Lets every station of a fleet be answered a few times: what is remembered of each comes with its first question.
import type { Fleet } from './fleet.ts'
import { beginLoad } from './load/load.ts'
import { pollsOf } from './traffics.ts'

/** @param processes behind the address, each of which has to get to know every station. */
export async function warmedUp(url: string, fleet: Fleet, pid: number, processes = 1): Promise<void> {
  const most = 3 * processes * fleet.stations.length
  await beginLoad({ url, connections: 64, warmupMs: 0, ms: null, most, traffic: pollsOf(fleet) }, pid).done
}
