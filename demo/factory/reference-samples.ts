// Reference samples: every station has a known-good and a known-bad unit, and tests both twice a shift.
import { random } from './random.ts'
import type { Job, Sample } from './test-result.ts'

const hour = 60 * 60_000
/** Twice in a shift of eight hours. */
const everyMs = 4 * hour

export type ReferenceSamples = ReturnType<typeof referenceSamples>

export function referenceSamples(deps: { seed: number; station: string }) {
  const offset = everyMs * random(deps.seed, deps.station, 'samples').uniform()
  let turn: number | null = null
  let round = 0
  let waiting: Sample[] = []

  /** The sample that is due by now. Both are, one after the other, as soon as a turn begins. */
  function take(now: number): Job | null {
    const current = Math.floor((now + offset) / everyMs)
    if (turn !== null && turn !== current) {
      round += 1
      waiting = ['golden', 'failing']
    }
    turn = current
    const sample = waiting.shift()
    if (!sample) return null
    return {
      serial: `${sample.toUpperCase()}-${deps.station}`,
      attempt: round,
      product: 'TX-200',
      sample,
    }
  }

  return { take }
}
