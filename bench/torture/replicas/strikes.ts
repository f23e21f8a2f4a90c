// Strikes at random seeded points: connections broken off at a byte or a commit, processes killed there or at any moment.
import { setTimeout as pause } from 'node:timers/promises'
import { randomFrom } from '../../calibrate/random.ts'
import type { Figure } from '../torture.ts'
import type { Cluster, Replica } from './cluster.ts'
import type { Strike, Struck } from './cutting-proxy.ts'

/** Beyond it nothing of what was under way when it was chosen is left. */
const mostBytes = 12_000
/** One in so many kills a process; the others break connections off. */
const killShare = 0.1
/** After so much of the time nothing is killed in a short run: a start takes seconds, which would come on top. */
const killsUntil = 0.5

export type Strikes = {
  figures: Figure[]
  struck: number
  /** When processes were killed. */
  killedAt: number[]
}

/** Until `kills` strikes are done or `ms` are over. */
export async function strikes(
  { replicas }: Pick<Cluster, 'replicas'>,
  { seed, kills, ms, short }: { seed: number; kills: number; ms: number; short: boolean },
): Promise<Strikes> {
  const random = randomFrom(seed, 'strikes')
  const from = performance.now()
  const seen = new Map<string, number>()
  const note = (name: string): void => void seen.set(name, (seen.get(name) ?? 0) + 1)
  const killedAt: number[] = []
  let left = kills

  /** Each process is struck by itself, so that two are at times struck at once. */
  async function strikeOne(replica: Replica): Promise<void> {
    while (left > 0 && performance.now() - from < ms) {
      left -= 1
      const strike = drawn()
      const service = replica.service()
      const mayKill = !short || performance.now() - from < ms * killsUntil
      const isKill = strike.pid !== null && service !== null && mayKill
      if (isKill) replica.condemn()
      const struck = await replica.proxy.strike({ ...strike, pid: isKill ? service.pid : null })
      tally(strike, struck, isKill)
      if (isKill) killedAt.push(Date.now())
      if (isKill) await revived(replica)
      // Connections come back one after the other, later after each failure: some strikes find none, and are noted so.
      // Struck twice a second and more, nothing was ever delivered: there was nothing to look at.
      else await pause(100 + 700 * random())
    }
  }

  /** One start in four is struck as well: whoever runs the service starts it again. */
  async function revived(replica: Replica): Promise<void> {
    const back = replica.revive()
    if (random() < 0.25) {
      await pause(300 + 1_200 * random())
      await replica.proxy.strike({ ...drawn(), at: 'byte', reach: 'all', pid: null })
      note('starts struck')
    }
    await back
    await pause(2_000 * random())
  }

  function drawn(): Strike {
    const at = random() < 0.6 ? 'byte' : random() < 0.5 ? 'commit' : 'commit answer'
    return {
      at,
      after: 1 + Math.floor(random() * mostBytes),
      reach: random() < 0.7 ? 'one' : 'all',
      pid: random() < killShare ? 0 : null,
    }
  }

  function tally({ at }: Strike, { where, commitOpen }: Struck, isKill: boolean): void {
    const what = isKill ? 'processes killed' : 'connections broken off'
    note(what)
    if (where === 'idle') note(`${what}, nothing under way`)
    else if (commitOpen && where === 'answer') note(`${what}, committed and not answered`)
    else if (at === 'commit') note(`${what}, before a commit`)
    else note(`${what}, within ${where === 'question' ? 'a question' : 'an answer'}`)
  }

  await Promise.all(replicas.map(strikeOne))
  const figures = [...seen].sort().map(([name, value]) => ({ name, value, unit: '' }))
  return { figures, struck: kills - left, killedAt }
}
