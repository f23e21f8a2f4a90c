import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attemptDay, attemptRanks } from '../../server/domain/attempt-rule.ts'
import { clockOffsets, dateOf } from '../../server/domain/time-zone.ts'

const at = (text: string) => Date.parse(text)
const inParis = attemptDay({ attemptRule: 'day', zone: 'Europe/Paris' })

describe('the day of a first attempt', () => {
  test('is that of the clock on the factory’s wall', () => {
    expect(inParis(at('2026-05-22T21:59:59.999Z'))).toBe('2026-05-22')
    expect(inParis(at('2026-05-22T22:00:00Z'))).toBe('2026-05-23')
    expect(attemptDay({ attemptRule: 'day', zone: 'America/Los_Angeles' })(at('2026-05-22T06:59:00Z'))).toBe(
      '2026-05-21',
    )
  })

  test('has 23 hours when the clocks are put forward and 25 when they are put back', () => {
    expect(['2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z'].map(at).map(inParis)).toEqual([
      '2026-03-29',
      '2026-03-29',
    ])
    expect(inParis(at('2026-03-29T22:00:00Z'))).toBe('2026-03-30')
    expect(['2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z'].map(at).map(inParis)).toEqual([
      '2026-10-25',
      '2026-10-25',
    ])
    expect(inParis(at('2026-10-25T23:00:00Z'))).toBe('2026-10-26')
  })

  test('is none where a unit has one first attempt for ever', () => {
    expect(attemptDay({ attemptRule: 'ever', zone: 'Europe/Paris' })(at('2026-05-22T22:00:00Z'))).toBe('')
  })

  test('is the same by the offsets that a rebuild gives to the database', () => {
    const from = at('2025-01-01T00:00:00Z')
    const to = at('2027-12-31T00:00:00Z')
    const zones = ['Europe/Paris', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC']
    for (const zone of zones) {
      const offsets = clockOffsets(zone, from, to)
      fc.assert(
        fc.property(fc.integer({ min: from, max: to }), (moment) => {
          const fitting = offsets.filter((each) => moment >= each.from && moment < each.to)
          expect(fitting.map(({ aheadMs }) => new Date(moment + aheadMs).toISOString().slice(0, 10))).toEqual(
            [dateOf(moment, zone)],
          )
        }),
        { numRuns: 50 },
      )
    }
  })
})

test('attempts are ranked anew each day, by their start; what consumes none has no rank', () => {
  const run = (id: string, start: string, consumes = true) => ({ id, startedAt: at(start), consumes })
  const late = run('c', '2026-05-22T22:00:00Z')
  const aborted = run('a', '2026-05-22T05:00:00Z', false)
  const runs = [late, run('d', '2026-05-22T06:00:00Z'), run('b', '2026-05-22T06:00:00Z'), aborted]
  const ranked = (dayOf: (moment: number) => string) =>
    [...attemptRanks(runs, dayOf)].map(([{ id }, rank]) => [id, rank])
  expect(ranked(inParis)).toEqual([
    ['c', 1],
    ['d', 2],
    ['b', 1],
    ['a', null],
  ])
  expect(ranked(() => '')).toEqual([
    ['c', 3],
    ['d', 2],
    ['b', 1],
    ['a', null],
  ])
})
