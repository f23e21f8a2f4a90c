import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkReferenceFile } from '../../bench/statistics.ts'

const directory = mkdtempSync(join(tmpdir(), 'firstpass-statistics-'))
afterAll(() => rmSync(directory, { recursive: true }))

const reference = 'test/fixtures/statistics/reference.json'

function fileWith(text: string): string {
  const file = join(directory, 'cases.json')
  writeFileSync(file, text)
  return file
}

const half = {
  id: 'half',
  kind: 'normalCdf',
  input: { z: 0 },
  expected: { p: 0.5 },
  tol: { abs: 1e-9 },
  source: 'by symmetry',
}
const check = (...cases: unknown[]) => checkReferenceFile(fileWith(JSON.stringify({ cases })))

describe('the check of a reference file', () => {
  test('passes every case of the reference', () => {
    expect(checkReferenceFile(reference)).toEqual({ lines: ['71 passed, 0 failed'], exitCode: 0 })
  })

  test('names case, field, both numbers, tolerance and source of a deviation', () => {
    expect(check(half, { ...half, id: 'wrong', expected: { p: 0.6 } })).toEqual({
      lines: ['wrong: p: expected 0.6, got 0.5, tolerance abs 1e-9 (by symmetry)', '1 passed, 1 failed'],
      exitCode: 1,
    })
  })

  test('notices one wrong number among all kinds of the reference', () => {
    const { cases } = JSON.parse(readFileSync(reference, 'utf8'))
    const kinds = new Map(cases.map((one: { kind: string }) => [one.kind, one]))
    const wrong = [...kinds.values()].map((one) => {
      const { expected, ...rest } = one as { expected: Record<string, unknown> }
      return { ...rest, expected: { ...expected, [Object.keys(expected)[0] ?? '']: 12.345 } }
    })
    const report = check(...wrong)
    expect(report.exitCode).toBe(1)
    expect(report.lines.at(-1)).toBe(`0 passed, ${kinds.size} failed`)
  })

  test('counts an unknown kind as failed and names the known ones', () => {
    const { lines, exitCode } = check(half, { ...half, kind: 'magic' })
    expect(lines[0]).toMatch(/^half: unknown kind magic, expected one of sbb, /)
    expect([lines.at(-1), exitCode]).toEqual(['1 passed, 1 failed', 1])
  })

  test('counts a missing field of the input as failed and names it', () => {
    expect(check({ ...half, input: {} })).toEqual({
      lines: ['half: expected a number in z, got undefined', '0 passed, 1 failed'],
      exitCode: 1,
    })
  })

  test('counts a case that lacks a part as failed and names the part', () => {
    const { expected: _, ...withoutExpected } = half
    const { lines } = check(withoutExpected, { ...half, tol: {} }, 7, { ...half, expected: {} })
    expect(lines).toEqual([
      'half: expected: expected an object',
      'half: tol: expected abs or rel',
      'cases[2]: expected an object',
      'half: expected: expected at least one field',
      '0 passed, 4 failed',
    ])
  })

  test.each([
    ['is not there', () => join(directory, 'absent.json'), /expected a readable file of JSON: ENOENT/],
    ['is no JSON', () => fileWith('{ "cases": ['), /expected a readable file of JSON: /],
    ['is a list', () => fileWith('[]'), /expected an object with a list of cases/],
    ['has no cases', () => fileWith('{}'), /expected a list in cases/],
    ['has an empty list of cases', () => fileWith('{ "cases": [] }'), /expected at least one case in cases/],
  ])('a file that %s is answered with what was expected and exit code 2', (_, file, message) => {
    const report = checkReferenceFile(file())
    expect(report.lines[0]).toMatch(message)
    expect(report.lines.at(-1)).toBe('0 passed, 1 failed')
    expect(report.exitCode).toBe(2)
  })
})
