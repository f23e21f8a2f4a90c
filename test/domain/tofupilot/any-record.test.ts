// Records of other systems' clients with anything wrong in them: read into a run that can be stored, or refused.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { RunInput } from '../../../server/domain/run.ts'
import { runFindings } from '../../../server/domain/run-findings.ts'
import { readOldRun } from '../../../server/domain/tofupilot/old-run.ts'
import { readPythonJson } from '../../../server/domain/tofupilot/python-json.ts'
import { type Faults, readNative } from '../../../server/domain/tofupilot/read-native.ts'
import { readRunBody } from '../../../server/domain/tofupilot/run-body.ts'
import { readRecordOf, readTestRecord } from '../../../server/domain/tofupilot/test-record.ts'
import { hostileText } from '../../support/fuzz/hostile-values.ts'
import { spoiled } from '../../support/fuzz/spoiled.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/clients/${name}`, import.meta.url), 'utf8')
const captured = z.object({ body: z.unknown() })
const bodiesOf = (name: string) =>
  fixture(name)
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const body = captured.safeParse(JSON.parse(line)).data?.body
      return typeof body === 'object' && body !== null ? [body] : []
    })

const records = ['pass', 'fail', 'error', 'timeout', 'abort'].map((name) =>
  readPythonJson(fixture(`openhtf-${name}.json`)),
)
/** A procedure's id, which the address or the key gives where a body names none. */
const procedure_id = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
const runs = { numRuns: 1_000 }

function expectRun(run: RunInput): void {
  expect(run.ended_at.at).toBeGreaterThanOrEqual(run.started_at.at)
  // What PostgreSQL takes neither in a text nor in JSON.
  expect(JSON.stringify(run)).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/)
  const { procedure_id: _, serial_number: __, outcome, started_at: ___, ended_at: ____, ...detail } = run
  const { metrics, measurementCount } = runFindings(detail, outcome)
  expect(Object.values(metrics).every(Number.isFinite)).toBe(true)
  expect(measurementCount === null || measurementCount >= 0).toBe(true)
}

function expectFaults({ status, issues }: Faults): void {
  expect([400, 422]).toContain(status)
  expect(issues.length).toBeGreaterThan(0)
  expect(issues).not.toContain('')
}

test('a record of OpenHTF', () => {
  expect(records.every((record) => record !== null)).toBe(true)
  let read = 0
  fc.assert(
    fc.property(spoiled(fc.constantFrom(...records)), (body) => {
      const record = readTestRecord(body)
      if ('issues' in record) return void expectFaults(record)
      const run = readRecordOf({ ...record.native, procedure_id })
      if (!('run' in run)) return void expectFaults(run)
      read += 1
      expectRun(run.run)
    }),
    runs,
  )
  expect(read).toBeGreaterThan(30)
})

test('a run of version 1', () => {
  const bodies = bodiesOf('v1.jsonl')
  expect(bodies.length).toBeGreaterThan(0)
  let read = 0
  fc.assert(
    fc.property(spoiled(fc.constantFrom(...bodies)), (body) => {
      const run = readOldRun(body, Date.UTC(2026, 4, 22))
      if ('issues' in run) return void expectFaults(run)
      const native = readNative({ ...run.native, procedure_id })
      if (!('run' in native)) return void expectFaults(native)
      read += 1
      expectRun(native.run)
    }),
    runs,
  )
  expect(read).toBeGreaterThan(30)
})

test('a run of version 2', () => {
  const bodies = bodiesOf('v2.jsonl').filter((body) => 'serial_number' in body)
  expect(bodies.length).toBeGreaterThan(0)
  let read = 0
  fc.assert(
    fc.property(spoiled(fc.constantFrom(...bodies)), (body) => {
      const run = readRunBody(body)
      if (!('run' in run)) return void expectFaults(run)
      read += 1
      expectRun(run.run)
    }),
    runs,
  )
  expect(read).toBeGreaterThan(30)
})

test('JSON as Python writes it is read, or is none: texts stay as they are', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.string({ unit: 'binary' })), (text) => {
      expect(readPythonJson(`{"a": NaN, "b": -Infinity, "c": ${JSON.stringify(text)}}`)).toEqual({
        a: null,
        b: null,
        c: text,
      })
      readPythonJson(text)
    }),
    runs,
  )
})
