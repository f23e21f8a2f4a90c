// What docs/security.md says is shown by tests that are there.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { limits } from '../../server/limits.ts'
import { aSecond, atOnce } from '../../server/station-pace.ts'

const text = readFileSync('docs/security.md', 'utf8')
const number = (value: number) => value.toLocaleString('en')

test('every test that it names is a file', () => {
  const named = [...new Set(text.match(/\btest\/[\w./-]+\.ts\b/g))]
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((path) => !existsSync(path))).toEqual([])
})

test('every threat names what stops it, and a test', () => {
  const table = text.split('\n').filter((line) => /^\| .* \| .* \| .* \|$/.test(line))
  const threats = table.filter(
    (line) => !/^\| (threat|who|---)/.test(line) && !/\| [\d,]+ \| [\d,]+ \|$/.test(line),
  )
  expect(threats.length).toBeGreaterThan(15)
  expect(threats.filter((line) => !/`test\/[\w./-]+\.ts` \|$/.test(line))).toEqual([])
})

test('the limits that it tells are those in force', () => {
  for (const each of [...Object.values(limits), { aSecond, atOnce }])
    expect(text).toContain(`| ${number(each.aSecond)} | ${number(each.atOnce)} |`)
})
