// From where runs are read, and what a listed run becomes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deploymentId, procedureId } from '../../../server/domain/ids.ts'
import { type ForeignRun, foreignRun, nativeRun } from '../../../server/domain/tofupilot/foreign-run.ts'
import {
  builtBy,
  heardUntil,
  overlapMs,
  readFrom,
  readThrough,
} from '../../../server/domain/tofupilot/reading.ts'
import { uuid } from '../../support/fixed-values.ts'

const t0 = Date.parse('2026-11-30T12:00:00Z')
const minute = 60_000
const procedure = procedureId.parse(uuid(1, 1))
const build = deploymentId.parse(uuid(4, 1))
const listed = (part: Partial<Record<string, unknown>> = {}): ForeignRun =>
  foreignRun.parse({
    id: 'run-1',
    created_at: '2026-11-30T12:00:43.100Z',
    started_at: '2026-11-30T13:00:00.5+01:00',
    ended_at: '2026-11-30T12:00:42Z',
    duration: 'PT41.5S',
    outcome: 'FAIL',
    procedure: { id: 'p', name: 'Board FCT', version: { id: 'v', tag: '1.4.2' } },
    unit: {
      id: 'u',
      serial_number: 'SN-1',
      part: { id: 'a', number: 'PCB-100', name: 'Board', revision: { id: 'r', number: 'B' } },
      batch: { id: 'l', number: 'LOT-7' },
    },
    docstring: null,
    created_by_station: { id: 'st-1', name: 'FCT-01' },
    ...part,
  })

test('every run that TofuPilot stores is read, whatever the order in which it becomes visible within the overlap', () => {
  const run = fc.record({
    storedAt: fc.integer({ min: 0, max: 500_000 }),
    hiddenMs: fc.integer({ min: 0, max: overlapMs - 1 }),
  })
  fc.assert(
    fc.property(
      fc.array(run, { maxLength: 60 }),
      fc.integer({ min: 1_000, max: 120_000 }),
      (runs, everyMs) => {
        const read = new Set<number>()
        let through: number | null = null
        for (let now = t0; now < t0 + 600_000 + 2 * overlapMs; now += everyMs) {
          const from = readFrom(through, t0)
          const seen = runs.flatMap(({ storedAt, hiddenMs }, index) => {
            const at = t0 + storedAt
            return at + hiddenMs <= now && at >= from ? [{ at, index }] : []
          })
          for (const { index } of seen) read.add(index)
          through = readThrough(
            through,
            seen.map(({ at }) => at),
          )
        }
        expect(read.size).toBe(runs.length)
      },
    ),
  )
})

test('what has been read never goes back', () => {
  fc.assert(
    fc.property(fc.option(fc.integer()), fc.array(fc.integer()), (before, stored) => {
      const through = readThrough(before, stored)
      expect(through ?? Number.NEGATIVE_INFINITY).toBeGreaterThanOrEqual(before ?? Number.NEGATIVE_INFINITY)
    }),
  )
})

test('three readings may fail, and never less than a minute', () => {
  expect(heardUntil(t0, 5_000)).toBe(t0 + minute)
  expect(heardUntil(t0, 100_000)).toBe(t0 + 300_000)
})

test('a run is of the build under whose filter it was found', () => {
  const other = deploymentId.parse(uuid(4, 2))
  const found = builtBy(
    new Map([
      [build, ['a', 'b']],
      [other, ['c']],
    ]),
  )
  expect([found.get('a'), found.get('c'), found.get('d')]).toEqual([build, other, undefined])
})

test('a listed run becomes the one that its station would have posted', () => {
  expect(nativeRun(listed(), procedure, build)).toEqual({
    run: expect.objectContaining({
      procedure_id: procedure,
      serial_number: 'SN-1',
      outcome: 'FAIL',
      started_at: { at: t0 + 500, zoneless: false },
      ended_at: { at: t0 + 42_000, zoneless: false },
      deployment_id: build,
      procedure_version: '1.4.2',
      part_number: 'PCB-100',
      revision_number: 'B',
      batch_number: 'LOT-7',
    }),
  })
})

test('what a run says of its build by itself is not believed beside the filter', () => {
  const said = nativeRun(listed({ metadata: { deployment_id: build, shift: 'late' } }), procedure, null)
  expect(said).toMatchObject({ run: { metadata: { deployment_id: null, shift: 'late' } } })
  expect(said).not.toHaveProperty('run.deployment_id')
})

test('a run that is none is told with what is wrong', () => {
  expect(nativeRun(listed({ outcome: 'RUNNING' }), procedure, build)).toMatchObject({ status: 400 })
  expect(nativeRun(listed({ ended_at: '2026-11-30T11:00:00Z' }), procedure, build)).toMatchObject({
    status: 422,
  })
})
