// Small shapes of the wire: durations, numbers of runs, JSON of Python, and how large a run may be.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { procedureId, type RunId, stationId } from '../../../server/domain/ids.ts'
import { readDuration, writeDuration } from '../../../server/domain/iso-duration.ts'
import { runInput } from '../../../server/domain/run.ts'
import { tooMany } from '../../../server/domain/run-limits.ts'
import { readPythonJson } from '../../../server/domain/tofupilot/python-json.ts'
import { idsOfNumber, runNumber } from '../../../server/domain/tofupilot/run-number.ts'
import { makeRunId } from '../../../server/run-id.ts'

describe('a duration', () => {
  test.each([
    ['PT42S', 42_000],
    ['PT1M2.500000S', 62_500],
    ['P1DT2H', 93_600_000],
    ['P1W', 604_800_000],
    ['PT0S', 0],
    ['pt1s', null],
    ['P', null],
    ['PT', null],
    ['P1M', null],
    ['62', null],
    ['', null],
  ])('%s is %s ms', (text, expected) => expect(readDuration(text)).toBe(expected))

  test('is written as the shortest that says the same', () => {
    expect([0, 42_000, 62_500, 3_600_000, 90_061_001].map(writeDuration)).toEqual([
      'PT0S',
      'PT42S',
      'PT1M2.5S',
      'PT1H',
      'PT25H1M1.001S',
    ])
    fc.assert(
      fc.property(fc.nat({ max: 1e10 }), (ms) => {
        expect(readDuration(writeDuration(ms))).toBe(ms)
      }),
    )
  })
})

describe('the number of a run', () => {
  const idAt = (startedAt: number, unit: string): RunId =>
    makeRunId({
      stationId: stationId.parse('00000000-0000-4000-8000-000000000001'),
      procedureId: procedureId.parse('00000000-0000-4000-8000-000000000002'),
      unit,
      startedAt,
    })
  const moment = fc.integer({
    min: Date.parse('2000-01-01T00:00:00Z'),
    max: Date.parse('2199-12-31T00:00:00Z'),
  })

  test('is exact in JSON, and its ids are just those around the run', () => {
    fc.assert(
      fc.property(moment, fc.string(), (at, unit) => {
        const id = idAt(at, unit)
        const number = JSON.parse(JSON.stringify(runNumber(id)))
        expect(Number.isSafeInteger(number)).toBe(true)
        const ids = idsOfNumber(number)
        expect(ids && ids.first <= id && id <= ids.last).toBe(true)
        expect(ids && [runNumber(ids.first), runNumber(ids.last)]).toEqual([number, number])
      }),
    )
  })

  test('orders runs by their start', () => {
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        fc.pre(a !== b)
        expect(runNumber(idAt(a, 'x')) < runNumber(idAt(b, 'y'))).toBe(a < b)
      }),
    )
  })

  test('is none for what is no whole number', () => {
    for (const wrong of [-1, 1.5, Number.NaN, 2 ** 60]) expect(idsOfNumber(wrong)).toBeNull()
  })
})

describe('the JSON of Python', () => {
  test('may hold NaN and Infinity, which become null outside of texts alone', () => {
    const text = '{"a": NaN, "b": [-Infinity, Infinity, 1], "c": "NaN \\" -Infinity", "NaN": 2}'
    expect(readPythonJson(text)).toEqual({
      a: null,
      b: [null, null, 1],
      c: 'NaN " -Infinity',
      NaN: 2,
    })
  })

  test('is otherwise JSON, or nothing', () => {
    expect(readPythonJson('{"a":1}')).toEqual({ a: 1 })
    for (const wrong of ['', '{', '{"a": Nano}', 'NaN1']) expect(readPythonJson(wrong)).toBeNull()
  })
})

describe('how large a run may be', () => {
  const phases = (count: number, measurements: unknown = []) =>
    Array.from({ length: count }, () => ({ measurements }))

  test('is said with what came', () => {
    expect(tooMany({ phases: phases(10_000) })).toBeNull()
    expect(tooMany({ phases: phases(10_001) })).toEqual({
      field: 'phases',
      message: expect.stringContaining('at most 10,000 phases, got 10,001'),
    })
    expect(tooMany({ steps: phases(10_001) })?.field).toBe('steps')
    expect(tooMany({ phases: phases(251, Array(100).fill({})) })?.message).toContain('got 25,100')
    expect(tooMany({ phases: phases(1, { a: {}, b: {} }) })).toBeNull()
    expect(tooMany({ logs: Array(20_001).fill({}) })?.message).toContain('20,000 log lines')
    expect(tooMany({ log_records: Array(20_001).fill({}) })?.field).toBe('log_records')
    for (const nothing of [null, 'x', [], { phases: 'x' }]) expect(tooMany(nothing)).toBeNull()
  })

  test('a million-phase run is refused before anything else of it is read', () => {
    const body = { phases: Array(1_000_000).fill({ name: 'p' }) }
    const began = performance.now()
    const read = runInput.safeParse(body)
    expect(performance.now() - began).toBeLessThan(200)
    expect(read.error?.issues).toEqual([
      expect.objectContaining({ path: ['phases'], message: expect.stringContaining('got 1,000,000') }),
    ])
  })
})
