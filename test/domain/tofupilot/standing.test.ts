// What TofuPilot gives its stations, held against what was asked for.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deploymentId, stationId } from '../../../server/domain/ids.ts'
import {
  type Backed,
  isElsewhere,
  isSameCommit,
  movedElsewhere,
  type Standing,
  settlingMs,
  startRefused,
  unheard,
  waitingForPins,
} from '../../../server/domain/tofupilot/standing.ts'
import { uuid } from '../../support/fixed-values.ts'

const t0 = Date.parse('2026-11-30T12:00:00Z')
const minute = 60_000
const baseSha = 'ba5e'.repeat(10)
const nextSha = 'fade'.repeat(10)
const base = { id: deploymentId.parse(uuid(4, 1)), version: '2.4.0', sha: baseSha, isKnown: true }
const station = (n: number, part: Partial<Standing> = {}): Standing => ({
  ...{
    stationId: stationId.parse(uuid(3, n)),
    name: `FCT-0${n}`,
    isAside: false,
    isKnown: true,
    wanted: base,
  },
  ...{ taken: base.id, takenAt: t0 - 10 * minute, waitsSince: t0 - 10 * minute, error: null },
  found: { sha: baseSha, since: t0 - 10 * minute, at: t0 - 1_000 },
  ...part,
})
const backed = (part: Partial<Backed> = {}): Backed => ({
  ...{ heardUntil: t0 + minute, readAt: t0 - 1_000, lookedAt: t0 - 1_000, error: null },
  stations: [station(1), station(2)],
  ...part,
})
const build = { version: '2.5.0', sha: nextSha, isKnown: true, readySince: t0 - 5 * minute }
const given = (sha: string) => ({ sha, since: t0 - minute, at: t0 - 1_000 })

describe('a start', () => {
  test('is free where every station has what was asked for, and none the build', () => {
    expect(startRefused(backed(), build, t0)).toBeNull()
  })

  test('is refused while TofuPilot does not answer', () => {
    const silent = backed({ heardUntil: t0, error: '503: starting' })
    expect(startRefused(silent, build, t0)?.why).toBe(
      'TofuPilot has not been read since 2026-11-30T11:59:59.000Z (503: starting)',
    )
  })

  test('is refused for a build that TofuPilot does not have, and where it does not have a station', () => {
    expect(startRefused(backed(), { ...build, isKnown: false }, t0)?.why).toContain(
      'no deployment that is 2.5.0',
    )
    const stranger = backed({ stations: [station(1), station(2, { isKnown: false })] })
    expect(startRefused(stranger, build, t0)?.why).toContain('asked to pin FCT-02')
  })

  test('is refused where the build is on a station already, with the way to switch automatic pushes off', () => {
    const pushed = backed({ stations: [station(1), station(2, { found: given(nextSha.slice(0, 9)) })] })
    expect(startRefused(pushed, build, t0)).toMatchObject({
      isSoon: false,
      why: expect.stringContaining('gives 2.5.0 to FCT-02 already'),
      next: expect.stringContaining('Switch automatic pushes off'),
    })
  })

  test('is refused where a station is given any other build than the one asked for', () => {
    const moved = backed({ stations: [station(1, { found: given('c0ffee'.repeat(6)) }), station(2)] })
    expect(startRefused(moved, build, t0)).toMatchObject({
      isSoon: false,
      why: expect.stringContaining('c0ffeec to FCT-01'),
    })
  })

  test('waits for pins of base that are on their way, and for a look after the build has been ready for a minute', () => {
    const waiting = backed({ stations: [station(1, { taken: null, error: '429: slow down' })] })
    expect(startRefused(waiting, build, t0)).toMatchObject({
      isSoon: true,
      why: expect.stringContaining('(429: slow down)'),
    })
    const fresh = { ...build, readySince: t0 - 30_000 }
    expect(startRefused(backed(), fresh, t0)).toMatchObject({ isSoon: true })
    expect(startRefused(backed({ lookedAt: fresh.readySince + settlingMs }), fresh, t0)).toBeNull()
  })

  test('waits for a look after the last pin was taken: what was given before says nothing', () => {
    const justBack = station(1, { takenAt: t0 - 500, found: given(nextSha) })
    const held = startRefused(backed({ stations: [justBack, station(2)] }), build, t0)
    expect(held).toMatchObject({ isSoon: true })
  })

  test('does not mind stations that are held or excluded', () => {
    const aside = backed({ stations: [station(1), station(2, { isAside: true, found: given(nextSha) })] })
    expect(startRefused(aside, build, t0)).toBeNull()
  })
})

describe('a station is elsewhere', () => {
  test('only when TofuPilot took the pin, had a minute to show it, and says another commit', () => {
    const other = { found: given('c0ffee'.repeat(6)) }
    expect(isElsewhere(station(1, other))).toBe(true)
    expect(isElsewhere(station(1))).toBe(false)
    expect(isElsewhere(station(1, { ...other, taken: null }))).toBe(false)
    expect(isElsewhere(station(1, { ...other, takenAt: t0 - 30_000 }))).toBe(false)
    expect(isElsewhere(station(1, { found: null }))).toBe(false)
  })

  test('and named with the others that are given the same', () => {
    const all = [1, 2, 3, 4, 5, 6].map((n) => station(n, { found: given('c0ffee'.repeat(6)) }))
    expect(movedElsewhere(backed({ stations: all }))).toContain('FCT-01, FCT-02, FCT-03 and 3 more')
  })
})

test('a commit is the same by its first digits, in either case; no commit is the same as none', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-f]{40}$/), fc.integer({ min: 7, max: 40 }), (sha, digits) => {
      expect(isSameCommit(sha, sha.slice(0, digits).toUpperCase())).toBe(true)
      expect(isSameCommit('', sha)).toBe(false)
    }),
  )
})

test('what waits is told once for each build and reason, with the longest wait', () => {
  const error = '503: starting'
  const stations = [
    station(1, { taken: null, error, waitsSince: t0 - 3 * minute }),
    station(2, { taken: null, error, waitsSince: t0 - 5 * minute }),
    station(3),
    station(4, { taken: null }),
  ]
  expect(waitingForPins({ stations })).toEqual([
    'TofuPilot to take 2.4.0 (503: starting) for FCT-01, FCT-02, since 2026-11-30T11:55:00.000Z',
    'TofuPilot to take 2.4.0 for FCT-04, since 2026-11-30T11:50:00.000Z',
  ])
})

test('it is heard until the time of the last reading is over', () => {
  expect(unheard(backed(), t0 + minute - 1)).toBeNull()
  expect(unheard(backed(), t0 + minute)).not.toBeNull()
  expect(unheard({ ...backed(), heardUntil: null, readAt: null }, t0)).toBe('TofuPilot has not been read yet')
})
