// The simulated stations: where they stand, how fast they are and how far each differs from the others.
import { random } from './random.ts'

export type StationProfile = {
  name: string
  site: string
  line: string
  tags: string[]
  /** What is mounted on it. */
  fixtures: string[]
  /** Added to the log-odds of passing, on any build: fixtures and operators differ. */
  bias: number
  /** Usual seconds of a passed run. */
  cycleSeconds: number
  /** How many units its line is ahead in the rotation of products. */
  rotationOffset: number
}

const firstLine = { site: 'Lyon', line: 'L1', rotationOffset: 0 }
const lines = [
  firstLine,
  { site: 'Penang', line: 'P1', rotationOffset: 7 },
  { site: 'Lyon', line: 'L2', rotationOffset: 13 },
  { site: 'Penang', line: 'P2', rotationOffset: 20 },
  { site: 'Lyon', line: 'L3', rotationOffset: 26 },
]

/** Between-station standard deviation of the log-odds of passing. */
const biasSpread = 0.3

/** `count` stations spread evenly over three lines in Lyon and two in Penang. */
export function fleet(count: number, seed: number): StationProfile[] {
  return Array.from({ length: count }, (_, index) => {
    const { site, line, rotationOffset } = lines[index % lines.length] ?? firstLine
    const name = `${site.toUpperCase()}-${line}-${String(Math.floor(index / lines.length) + 1).padStart(2, '0')}`
    const draw = random(seed, name, 'profile')
    const clamp = draw.uniform() < 0.5 ? 'fixture-a' : 'fixture-b'
    return {
      name,
      site,
      line,
      tags: [clamp],
      fixtures: [`Bed of nails ${clamp === 'fixture-a' ? 'A' : 'B'}${Math.floor(index / lines.length) + 1}`],
      bias: biasSpread * draw.normal(),
      cycleSeconds: 45 + 30 * draw.uniform(),
      rotationOffset,
    }
  })
}
