import { describe, expect, it } from 'vitest'
import { referenceSamples } from '../../../demo/factory/reference-samples.ts'

const minute = 60_000
const day = 24 * 60 * minute
const start = Date.UTC(2026, 4, 22, 6)

/** All samples of a day at a station that asks every minute. */
function ofDay(station: string, seed = 1) {
  const samples = referenceSamples({ seed, station })
  return Array.from({ length: day / minute }, (_, index) => start + index * minute).flatMap((at) => {
    const job = samples.take(at)
    return job ? [{ at, ...job }] : []
  })
}

describe('the reference samples of a station', () => {
  it('are tested twice in a shift of eight hours, the known good and then the known bad', () => {
    const all = ofDay('LYON-L1-01')
    expect(all.map((one) => one.sample)).toEqual(
      Array.from({ length: 6 }, () => ['golden', 'failing']).flat(),
    )
    const golden = all.filter((one) => one.sample === 'golden')
    for (const [index, one] of golden.slice(1).entries())
      expect(one.at - (golden[index]?.at ?? 0)).toBe(4 * 60 * minute)
  })

  it('are the same two units every time, counted, and no other station has them', () => {
    const [one, other] = [ofDay('LYON-L1-01'), ofDay('LYON-L1-02')]
    const serials = new Set(one.map((each) => each.serial))
    expect(serials).toEqual(new Set(['GOLDEN-LYON-L1-01', 'FAILING-LYON-L1-01']))
    for (const each of other) expect(serials.has(each.serial)).toBe(false)
    expect(one.filter((each) => each.sample === 'golden').map((each) => each.attempt)).toEqual([
      1, 2, 3, 4, 5, 6,
    ])
  })

  it('are due at other times at other stations, the same for the same seed', () => {
    const first = (station: string, seed?: number) => ofDay(station, seed)[0]?.at
    expect(first('LYON-L1-01')).toBe(first('LYON-L1-01'))
    expect(first('LYON-L1-01', 2)).not.toBe(first('LYON-L1-01'))
    expect(first('LYON-L1-02')).not.toBe(first('LYON-L1-01'))
  })

  it('are tested once when a station comes back after days, not as often as was missed', () => {
    const samples = referenceSamples({ seed: 1, station: 'LYON-L1-01' })
    expect(samples.take(start)).toBeNull()
    const taken = (at: number) => samples.take(at)?.sample ?? null
    const later = start + 3 * day
    expect([taken(later), taken(later), taken(later)]).toEqual(['golden', 'failing', null])
    // Here it stops again between the two.
    expect(taken(later + day)).toBe('golden')
    const last = later + 2 * day
    expect([taken(last), taken(last), taken(last)]).toEqual(['golden', 'failing', null])
  })
})
