// What TofuPilot's clients and OpenHTF send, read into native runs: captured bodies, one record for each outcome.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isOldRun, readOldRun } from '../../../server/domain/tofupilot/old-run.ts'
import { readNative } from '../../../server/domain/tofupilot/read-native.ts'
import { readRunBody } from '../../../server/domain/tofupilot/run-body.ts'
import { readRecordOf, readTestRecord } from '../../../server/domain/tofupilot/test-record.ts'

const captured = (name: string) => JSON.parse(readFileSync(`test/fixtures/clients/${name}.json`, 'utf8'))
const procedure = '7b0c8f6e-1111-4aaa-9bbb-000000000001'
const now = Date.parse('2026-05-22T12:00:00Z')
const smallest = {
  outcome: 'PASS',
  procedure_id: procedure,
  started_at: '2026-05-22T06:00:00Z',
  ended_at: '2026-05-22T06:00:42Z',
  serial_number: 'SN-0001',
}
/** The native run of an old one or of a record. */
const nativeOf = (foreign: ReturnType<typeof readOldRun>) =>
  'native' in foreign ? { ...foreign.native, procedure_id: procedure } : foreign

describe('a run of version 2', () => {
  const wrong = (more: Record<string, unknown>) => readRunBody({ ...smallest, ...more })

  test('is the native one, with every field it came with', () => {
    const more = { batch_number: 'LOT-7', sub_units: ['A'], client_run_ref: 'x', procedure_version: null }
    expect(readRunBody({ ...smallest, ...more })).toMatchObject({
      run: { ...more, started_at: { at: Date.parse(smallest.started_at), zoneless: false } },
    })
  })

  test.each([
    ['a blank serial', { serial_number: '  ' }, 'serial number'],
    ['a serial over 1000', { serial_number: 'A'.repeat(1001) }, 'serial number'],
    ['a procedure id that is no UUID', { procedure_id: 'FCT' }, 'uuid'],
    ['an empty part number', { part_number: '' }, 'part'],
    ['an empty batch number', { batch_number: '' }, 'batch'],
    ['an operator without an email address', { operated_by: 'Ana' }, 'email'],
    ['an unknown outcome', { outcome: 'BAD' }, 'outcome'],
    ['no time', { started_at: 'now' }, 'started_at'],
  ])('with %s is a 400 whose first issue says so', (_what, more, said) => {
    expect(wrong(more)).toEqual({ status: 400, issues: [expect.stringContaining(said)] })
  })

  test('that ends before it starts is a 422, unless something else is wrong too', () => {
    const backwards = { ended_at: '2026-05-22T05:00:00Z' }
    expect(wrong(backwards)).toEqual({ status: 422, issues: [expect.stringContaining('ended_at')] })
    expect(wrong({ ...backwards, part_number: '' })).toMatchObject({ status: 400 })
  })

  test('names each fault once', () => {
    const read = wrong({ procedure_id: 'x', serial_number: '', operated_by: 'y' })
    expect('issues' in read && read.issues.map((text) => text.split(':')[0])).toEqual([
      'procedure_id',
      'operated_by',
      'serial_number',
    ])
  })
})

describe('a run of version 1', () => {
  const unit = { serial_number: 'S1' }

  test('is told by its unit under test', () => {
    expect(isOldRun({ unit_under_test: unit })).toBe(true)
    for (const other of [smallest, null, 'x', []]) expect(isOldRun(other)).toBe(false)
  })

  test('is read with its unit, its duration and the times of its phases', () => {
    const read = readOldRun(
      {
        unit_under_test: { serial_number: 'S1', part_number: 'PCB', revision: 'B', batch_number: 'L7' },
        run_passed: false,
        procedure_name: 'Board FCT',
        started_at: '2026-05-22T06:00:00Z',
        duration: 'PT1M2.500000S',
        phases: [{ name: 'p', outcome: 'FAIL', start_time_millis: now, end_time_millis: now + 3000 }],
        client: 'Python',
      },
      now,
    )
    expect(read).toMatchObject({ procedure: { id: null, name: 'Board FCT' } })
    expect(readNative(nativeOf(read))).toMatchObject({
      run: {
        serial_number: 'S1',
        outcome: 'FAIL',
        part_number: 'PCB',
        revision_number: 'B',
        batch_number: 'L7',
        client: 'Python',
        ended_at: { at: Date.parse('2026-05-22T06:01:02.500Z') },
        phases: [{ name: 'p', started_at: '2026-05-22T12:00:00.000Z', ended_at: '2026-05-22T12:00:03.000Z' }],
      },
    })
  })

  test.each([
    ['neither time nor phases ends on arrival', { duration: 'PT10S' }, -10_000, 0],
    ['nothing at all starts and ends on arrival', {}, 0, 0],
    [
      'phases alone lasts as they do',
      {
        phases: [
          { name: 'b', start_time_millis: now - 5000, end_time_millis: now - 1000 },
          { name: 'a', start_time_millis: now - 9000, end_time_millis: now - 5000 },
        ],
      },
      -9000,
      -1000,
    ],
    ['an end alone', { ended_at: '2026-05-22T11:59:00Z', duration: 'PT1M' }, -120_000, -60_000],
  ])('with %s', (_what, more, started, ended) => {
    const read = readOldRun({ unit_under_test: unit, run_passed: true, ...more }, now)
    expect(readNative(nativeOf(read))).toMatchObject({
      run: { started_at: { at: now + started }, ended_at: { at: now + ended } },
    })
  })

  test('turns its steps into phases with a measurement each', () => {
    const steps = [
      {
        name: 'rail',
        started_at: '2026-05-22T06:00:00Z',
        duration: 'PT2S',
        step_passed: false,
        measurement_value: 3.1,
        measurement_unit: 'V',
        limit_low: 3.2,
      },
      { name: 'flash', step_passed: true },
    ]
    expect(nativeOf(readOldRun({ unit_under_test: unit, run_passed: false, steps }, now))).toMatchObject({
      started_at: '2026-05-22T06:00:00.000Z',
      ended_at: '2026-05-22T06:00:02.000Z',
      phases: [
        {
          name: 'rail',
          outcome: 'FAIL',
          measurements: [{ name: 'rail', measured_value: 3.1, units: 'V', lower_limit: 3.2 }],
        },
        { name: 'flash', outcome: 'PASS', measurements: [] },
      ],
    })
  })

  test('says what is missing', () => {
    const issues = (body: unknown) => {
      const read = readOldRun(body, now)
      return 'issues' in read ? read.issues.join() : read
    }
    expect(issues({ unit_under_test: unit })).toContain('run_passed')
    expect(issues({ unit_under_test: {}, run_passed: true })).toContain('serial number')
    expect(issues({ unit_under_test: unit, run_passed: true, duration: '62' })).toContain('PT1M2.5S')
  })
})

describe('a test record of OpenHTF', () => {
  test.each([
    ['pass', 'PASS', 'SN-HTF-0', 55],
    ['fail', 'FAIL', 'SN-HTF-1', 53],
    ['error', 'ERROR', 'SN-HTF-2', 53],
    ['timeout', 'TIMEOUT', 'SN-HTF-3', 3065],
    ['abort', 'ABORTED', 'SN-HTF-4', 358],
  ])('that ended as %s is a run with that outcome', (name, outcome, serial, lasted) => {
    const read = readTestRecord(captured(`openhtf-${name}`))
    expect(read).toMatchObject({ procedure: { id: procedure, name: 'Board FCT' } })
    const run = readRecordOf(nativeOf(read) as Record<string, unknown>)
    if (!('run' in run)) throw new Error(run.issues.join())
    expect(run.run).toMatchObject({
      outcome,
      serial_number: serial,
      part_number: 'PCB-100',
      procedure_version: '1.4.2',
      metadata: { deployment_id: 'dep_0000000000000001' },
    })
    expect(run.run.ended_at.at - run.run.started_at.at).toBe(lasted)
  })

  test('keeps phases, measurements, failures and logs under the names of the other clients', () => {
    const read = readTestRecord(captured('openhtf-error'))
    expect('native' in read && read.native).toMatchObject({
      outcome_details: [{ code: 'RuntimeError', description: 'DMM not responding' }],
      phases: [
        { name: 'trigger_phase', outcome: 'PASS', measurements: [] },
        {
          name: 'power_rails',
          outcome: 'ERROR',
          started_at: '2026-11-20T17:16:49.817Z',
          measurements: [
            { name: 'rail_3v3', measured_value: 3.3, units: 'V', validators: ['3.2 <= x <= 3.4'] },
          ],
          result: { phase_result: { exc_val: 'DMM not responding' } },
        },
      ],
      openhtf_station: 'vm',
    })
    expect('native' in read && (read.native as { logs?: unknown[] }).logs?.[0]).toEqual({
      level: 'DEBUG',
      timestamp: expect.stringMatching(/^2026-11-20T17:16:49/),
      message: expect.stringContaining('trigger_phase'),
      source_file: 'phase_executor.py',
      line_number: 332,
    })
  })

  test('without a unit is aborted, whatever it came to, and has a blank serial', () => {
    const read = readTestRecord({ ...captured('openhtf-error'), dut_id: null })
    const run = readRecordOf(nativeOf(read) as Record<string, unknown>)
    expect(run).toMatchObject({ run: { serial_number: '', outcome: 'ABORTED', openhtf_outcome: 'ERROR' } })
  })

  test('that is still running, or is no record, is refused', () => {
    expect(readTestRecord({ ...captured('openhtf-pass'), outcome: null })).toMatchObject({ status: 400 })
    expect(readTestRecord([1])).toMatchObject({ status: 400 })
  })
})
