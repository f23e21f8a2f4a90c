import { describe, expect, test } from 'vitest'
import { attribute, runInput, unitOf } from '../../server/domain/run.ts'
import { base, build, procedure, thirdBuild } from '../support/plan-builder.ts'

const valid = {
  procedure_id: procedure,
  serial_number: 'SN-0001',
  outcome: 'PASS',
  started_at: '2026-05-22T06:00:00Z',
  ended_at: '2026-05-22T06:00:42Z',
}
const faults = (what: Record<string, unknown>) =>
  runInput
    .safeParse({ ...valid, ...what })
    .error?.issues.map((issue) => [issue.path.join('.'), issue.message]) ?? []

describe('a run that a station sends', () => {
  test('is read with its times, and keeps what it does not know', () => {
    expect(runInput.parse({ ...valid, docstring: 'burn-in', logs: [{ line: 1 }] })).toMatchObject({
      started_at: { at: Date.parse(valid.started_at), zoneless: false },
      docstring: 'burn-in',
      logs: [{ line: 1 }],
    })
  })

  test('may lack a zone and carry microseconds, as a naive clock writes them', () => {
    const run = runInput.parse({
      ...valid,
      started_at: '2026-05-22T06:00:00.000001',
      ended_at: '2026-05-22T06:00:42.5',
    })
    expect(run.started_at.zoneless && run.ended_at.zoneless).toBe(true)
  })

  test('names its procedure in either case', () => {
    expect(runInput.parse({ ...valid, procedure_id: procedure.toUpperCase() }).procedure_id).toBe(procedure)
  })

  test('may end in the moment it began, compared across zones', () => {
    expect(faults({ ended_at: '2026-05-22T08:00:00+02:00' })).toEqual([])
    expect(faults({ ended_at: '2026-05-22T07:59:59+02:00' })).toEqual([
      ['ended_at', 'expected ended_at at or after started_at'],
    ])
  })

  test.each([
    ['procedure_id', { procedure_id: 'P1' }, /uuid/i],
    ['serial_number', { serial_number: '  ' }, /got a blank one/],
    ['serial_number', { serial_number: 'x'.repeat(1001) }, /at most 1000/],
    ['serial_number', { serial_number: 'SN\u0000' }, /U\+0000/],
    ['outcome', { outcome: 'OK' }, /./],
    ['started_at', { started_at: '2026-02-30T06:00:00Z' }, /got "2026-02-30T06:00:00Z"/],
    ['ended_at', { ended_at: undefined }, /./],
    ['metadata', { metadata: { note: 'a\u0000b' } }, /U\+0000/],
    ['logs', { logs: [{ '\u0000': 1 }] }, /U\+0000/],
    ['docstring', { docstring: 'half a pair \ud800' }, /well-formed/],
  ])('names the field that is wrong: %s', (path, what, message) => {
    const found = faults(what)
    expect(found.map(([where]) => where)).toEqual([path])
    expect(found[0]?.[1]).toMatch(message)
  })

  test('may have a serial of 1000 characters, a whole surrogate pair, and text that looks like an escape', () => {
    expect(faults({ serial_number: 'x'.repeat(1000) })).toEqual([])
    expect(faults({ docstring: 'sealed 🏭', logs: ['regex \\u0000 and \\\\ud800'] })).toEqual([])
  })

  test('reports all faults of its fields at once', () => {
    expect(faults({ serial_number: '', outcome: 'OK', started_at: 'now' })).toHaveLength(3)
  })
})

describe('the build a run is counted for', () => {
  const known = new Set([base, build, thirdBuild])
  const said = { body: undefined, header: undefined, metadata: undefined, pickup: null }

  test('is the one of the body, before header, metadata and what the station had acknowledged', () => {
    const all = { body: build, header: base, metadata: thirdBuild, pickup: base }
    expect(attribute(all, known)).toEqual({ deploymentId: build, attributedBy: 'body' })
    expect(attribute({ ...all, body: null }, known)).toEqual({ deploymentId: base, attributedBy: 'header' })
    expect(attribute({ ...all, body: '', header: null }, known)).toEqual({
      deploymentId: thirdBuild,
      attributedBy: 'metadata',
    })
    expect(attribute({ ...said, pickup: base }, known)).toEqual({
      deploymentId: base,
      attributedBy: 'pickup',
    })
  })

  test('is passed over when it is not the procedure’s own, or no id at all', () => {
    const strange = '20000000-0000-4000-8000-00000000ffff'
    expect(attribute({ ...said, body: strange, header: build }, known).attributedBy).toBe('header')
    expect(attribute({ ...said, body: 'v1.2', metadata: 7, pickup: base }, known).attributedBy).toBe('pickup')
  })

  test('is written in either case', () => {
    expect(attribute({ ...said, header: build.toUpperCase() }, known).deploymentId).toBe(build)
  })

  test('is none when nobody says, and never base by default', () => {
    expect(attribute(said, known)).toEqual({ deploymentId: null, attributedBy: 'none' })
  })
})

test('serial numbers are one unit whatever their case and margins', () => {
  expect(unitOf(' sn-0001 ')).toBe(unitOf('SN-0001'))
  expect(unitOf('SN-0001')).not.toBe(unitOf('SN-0002'))
})
