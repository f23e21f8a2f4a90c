import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StationId } from '../../server/domain/ids.ts'
import { type Candidate, hash, orderStations } from '../../server/domain/station-order.ts'
import { station, stations } from '../support/plan-builder.ts'

const fleet = { seed: 'rollout 1', handPicked: [] as StationId[], progression: 'fleet' as const }

/** So many stations on each line of each site: `{ Brno: [4, 2] }`. */
function candidates(sites: Record<string, number[]>): Candidate[] {
  const places = Object.entries(sites).flatMap(([site, lines]) =>
    lines.flatMap((count, line) => Array.from({ length: count }, () => ({ site, line: `line ${line + 1}` }))),
  )
  return places.map((place, index) => ({ id: station(index + 1), ...place }))
}

const anyFleet = fc
  .array(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((sites) => candidates(Object.fromEntries(sites.map((lines, index) => [`site ${index}`, lines]))))

/** The largest distance of any stratum from its share, over all prefixes. */
function worstSpread(all: Candidate[], order: StationId[]): number {
  const stratum = new Map(all.map((each) => [each.id, `${each.site}/${each.line}`]))
  const sizes = new Map<string, number>()
  for (const name of stratum.values()) sizes.set(name, (sizes.get(name) ?? 0) + 1)
  const seen = new Map<string, number>()
  let worst = 0
  for (const [index, id] of order.entries()) {
    const name = stratum.get(id) ?? ''
    seen.set(name, (seen.get(name) ?? 0) + 1)
    for (const [each, size] of sizes) {
      const share = ((index + 1) * size) / order.length
      worst = Math.max(worst, Math.abs((seen.get(each) ?? 0) - share))
    }
  }
  return worst
}

describe('the order of stations', () => {
  test('holds every station once, whatever the fleet', () => {
    fc.assert(
      fc.property(anyFleet, (all) => {
        const order = orderStations(all, fleet)
        expect(order.toSorted()).toEqual(all.map((each) => each.id).toSorted())
      }),
    )
  })

  test('is the same for the same seed, however the stations are listed', () => {
    const all = candidates({ Brno: [7, 3], Gdansk: [12] })
    expect(orderStations(all.toReversed(), fleet)).toEqual(orderStations(all, fleet))
  })

  test('is another for another seed: no station is always the canary', () => {
    const all = candidates({ Brno: [20] })
    const firsts = new Set(
      Array.from(
        { length: 100 },
        (_, index) => orderStations(all, { ...fleet, seed: `rollout ${index}` })[0],
      ),
    )
    expect(firsts.size).toBeGreaterThan(15)
  })

  // Tijdeman (1980): such an order exists for any shares, with every stratum less than one place off.
  test('has no line a whole station off its share, in any prefix of any fleet', () => {
    fc.assert(
      fc.property(anyFleet, fc.string(), (all, seed) => {
        expect(worstSpread(all, orderStations(all, { ...fleet, seed }))).toBeLessThan(1)
      }),
    )
  })

  test('reaches single-station lines early beside a large one', () => {
    const all = candidates({ Brno: [200, ...Array.from({ length: 20 }, () => 1)] })
    const small = new Set(all.slice(200).map((each) => each.id))
    const tenth = orderStations(all, fleet).slice(0, 22)
    expect(tenth.filter((id) => small.has(id)).length).toBeGreaterThanOrEqual(1)
  })

  test('begins with the hand-picked stations in their own order, each once, strangers left out', () => {
    const all = candidates({ Brno: [5], Gdansk: [5] })
    const handPicked = [station(9), station(2), station(9), station(77)]
    const order = orderStations(all, { ...fleet, handPicked })
    expect(order.slice(0, 2)).toEqual([station(9), station(2)])
    expect(new Set(order).size).toBe(10)
    expect(order).toHaveLength(10)
  })

  test('of a retry is the order of the first time, with new stations after it', () => {
    const all = candidates({ Brno: [6, 3], Gdansk: [4] })
    const before = orderStations(all, fleet)
    const joined = [...all, { id: station(99), site: 'Brno', line: 'line 9' }]
    const again = orderStations(joined, { ...fleet, seed: 'rollout 2', handPicked: before })
    expect(again).toEqual([...before, station(99)])
  })

  test('of a site progression finishes one site before the next, spread over its lines', () => {
    const all = candidates({ Brno: [4, 4], Gdansk: [6], Porto: [3, 1] })
    const order = orderStations(all, { ...fleet, progression: 'site' })
    const site = new Map(all.map((each) => [each.id, each.site]))
    const visited = order.map((id) => site.get(id)).filter((name, index, names) => name !== names[index - 1])
    expect(visited).toHaveLength(3)
    const brno = order.filter((id) => site.get(id) === 'Brno')
    expect(
      worstSpread(
        all.filter((each) => each.site === 'Brno'),
        brno,
      ),
    ).toBeLessThan(1)
  })

  test('of no station is empty', () => {
    expect(orderStations([], fleet)).toEqual([])
  })
})

test('near-equal ids hash far apart, and always to the same number', () => {
  const hashes = stations(1000).map((id) => hash(`seed/${id}`))
  expect(new Set(hashes).size).toBe(1000)
  const low = hashes.filter((each) => each < 2 ** 31).length
  expect(low).toBeGreaterThan(430)
  expect(low).toBeLessThan(570)
  // Stored orders depend on it.
  expect(hash('Brno')).toBe(2514942276)
})
