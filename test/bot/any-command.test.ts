// Commands as anybody might type them: read without failing, and what is accepted is what was meant.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { takeFlags } from '../../bot/commands/flags.ts'
import { textOf, typed, unescaped, words } from '../../bot/commands/words.ts'
import { parsePoints } from '../../bot/forms/parse-points.ts'
import { plan, type StageTarget } from '../../server/domain/plan.ts'
import { readUntil } from '../../server/domain/read-until.ts'
import { parseStages } from '../../server/domain/stages-text.ts'
import { hostileText } from '../support/fuzz/hostile-values.ts'

const pieces =
  'start abort --preset --stages —stages --reason=x FCT-Board "Two words" “smart” \' „ « » 1 25% 100 % 50％ , ; → all 0.1 -5 3h tomorrow 06:00 friday at 18:00 2026-12-24T18:00 <@U1> &lt; &amp; −0.8 points'
const anyText = fc.oneof(
  hostileText,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...pieces.split(' ')), { maxLength: 12 }).map((all) => all.join(' ')),
)
const many = { numRuns: 2_000 }
const blanks = /\s+/g

describe('words', () => {
  test('lose nothing of what was typed but blanks between them', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const raws = words(text).map(({ raw }) => raw)
        expect(raws.join('').replace(blanks, '')).toBe(text.replace(blanks, ''))
      }),
      many,
    )
  })

  test('give a name back as it is offered, blanks, dashes and open quotes included', () => {
    const name = fc
      .string({ unit: fc.constantFrom(..."aB9 -–—.,'‘«%äµ漢"), minLength: 1, maxLength: 20 })
      .filter((text) => text === text.trim() && text !== '')
    fc.assert(
      fc.property(name, (text) => {
        expect(textOf(words(typed(text)))).toBe(text)
      }),
      many,
    )
  })

  test('are read once: what Slack escaped comes out as typed', () => {
    const escaped = (text: string) =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    fc.assert(
      fc.property(anyText, (text) => {
        expect(unescaped(escaped(text))).toBe(text)
      }),
      many,
    )
  })
})

test('flags are taken out, and all other words stay in their order', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const all = words(text)
      const taken = takeFlags(all, { valued: ['preset', 'reason'], lists: ['stages'], moments: ['until'] })
      if ('error' in taken) return void expect(taken.error).not.toBe('')
      const places = taken.rest.map((word) => all.indexOf(word))
      expect(places).toEqual([...places].sort((one, other) => one - other))
      expect(places).not.toContain(-1)
      if (Object.keys(taken.values).length === 0) expect(taken.rest).toEqual(all)
    }),
    many,
  )
})

describe('stages', () => {
  test('that are taken are those of a plan, and all others are refused in words', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = parseStages(text)
        if ('error' in read) return void expect(read.error).toMatch(/^Expected /)
        const stages = read.stages.map((target) => ({ target }))
        expect(plan.safeParse({ preset: 'custom', stages }).success).toBe(true)
      }),
      many,
    )
  })

  test('are read as they are written, with any mark between them', () => {
    const counts = fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 3 })
    const shares = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 })
    const rising = (some: number[]) => some.toSorted((one, other) => one - other)
    fc.assert(
      fc.property(counts, shares, fc.constantFrom(', ', ' ', ';', ' → ', '>'), (some, others, mark) => {
        const stages: StageTarget[] = [
          ...rising(some).map((stations) => ({ stations })),
          ...rising([...others, 100]).map((percent) => ({ share: percent / 100 })),
        ]
        const text = [...rising(some), ...rising([...others, 100]).map((percent) => `${percent}%`)].join(mark)
        expect(parseStages(text)).toEqual({ stages })
      }),
    )
  })
})

test('points are a change of yield below one whole, or refused in words', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const read = parsePoints(text)
      if ('error' in read) return void expect(read.error).not.toBe('')
      expect(Math.abs(read.change)).toBeLessThan(1)
    }),
    many,
  )
})

test('until when is within the next year on any clock, or refused in words', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Lisbon', 'Asia/Kathmandu', 'America/St_Johns')
  const moment = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) })
  fc.assert(
    fc.property(anyText, moment, zones, (text, now, zone) => {
      const read = readUntil(text, now, zone)
      if ('error' in read) return void expect(read.error).toMatch(/^Expected /)
      expect(read.until).toBeGreaterThan(now)
      expect(read.until - now).toBeLessThanOrEqual(366 * 86_400_000)
    }),
    many,
  )
})
