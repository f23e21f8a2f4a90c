// The README says what the settings schema says, and its commands exist.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { settingsSchema } from '../server/config.ts'

const readme = readFileSync('README.md', 'utf8')
const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts

describe('the README', () => {
  test('lists every setting with the meaning that the schema gives it, and no other', () => {
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (.*?) \|$/gm)].map(([, name, meaning]) => [
      name,
      meaning,
    ])
    const expected = Object.entries(settingsSchema.shape).map(([name, setting]) => {
      const fallback = setting.safeParse(undefined).data
      return [name, `${setting.description}${fallback === undefined ? '' : ` Default ${fallback}.`}`]
    })
    expect(rows).toEqual(expected)
  })

  test('names only commands that exist', () => {
    const named = [...readme.matchAll(/npm (?:run )?(demo|test|start|check|calibrate|statistics)\b/g)].map(
      ([, name]) => name ?? '',
    )
    expect(named.length).toBeGreaterThan(3)
    for (const name of named) expect(Object.keys(scripts)).toContain(name)
  })

  test('shows a picture that is there', () => {
    for (const [, file] of readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
      expect(() => readFileSync(file ?? '')).not.toThrow()
  })
})
