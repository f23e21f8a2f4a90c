import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takeFlags } from '../../bot/commands/flags.ts'
import { isSlipOf, nearest } from '../../bot/commands/nearest.ts'
import { textOf, unescaped, words } from '../../bot/commands/words.ts'

const texts = (text: string) => words(text).map((word) => word.text)

describe('the words of a command', () => {
  it('are held together by quotes, straight and as phones type them', () => {
    expect(texts('start "Final Test" 2.4.1')).toEqual(['start', 'Final Test', '2.4.1'])
    expect(texts('start “Final Test” 2.4.1')).toEqual(['start', 'Final Test', '2.4.1'])
    expect(texts('start „Final Test“ 2.4.1')).toEqual(['start', 'Final Test', '2.4.1'])
    expect(texts('start ‘Final Test’ 2.4.1')).toEqual(['start', 'Final Test', '2.4.1'])
  })

  it('keep apostrophes and open quotes as they are', () => {
    expect(texts("abort it doesn't pass")).toEqual(['abort', 'it', "doesn't", 'pass'])
    expect(texts('abort 5" panel fails')).toEqual(['abort', '5"', 'panel', 'fails'])
    expect(texts('abort "never closed')).toEqual(['abort', '"never', 'closed'])
  })

  it('come back as they were typed', () => {
    expect(textOf(words('the "new" limit'))).toBe('the "new" limit')
    expect(textOf(words('"all of it"'))).toBe('all of it')
    expect(unescaped('a &lt; b &amp;amp; c')).toBe('a < b &amp; c')
  })

  it('lose no character but blanks', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const kept = words(text).map((word) => word.raw)
        expect(kept.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
      }),
    )
  })
})

describe('flags', () => {
  const take = (text: string) =>
    takeFlags(words(text), { valued: ['preset'], lists: ['stages'], switches: ['override'] })

  it('stand anywhere, with the dashes that phones make of two hyphens', () => {
    expect(take('A 1 --preset hot-fix why')).toMatchObject({ values: { preset: 'hot-fix' } })
    expect(take('A 1 —preset hot-fix')).toMatchObject({ values: { preset: 'hot-fix' } })
    expect(take('A 1 –preset=hot-fix')).toMatchObject({ values: { preset: 'hot-fix' } })
    expect(take('why not —override')).toMatchObject({ values: { override: 'yes' } })
  })

  it('take a list with blanks in it', () => {
    const taken = take('A 1 --stages 1, 25 %, 100% because')
    expect(taken).toMatchObject({
      values: { stages: '1, 25 %, 100%' },
      rest: [{ text: 'A' }, { text: '1' }, { text: 'because' }],
    })
  })

  it('that do not exist are named with the nearest', () => {
    expect(take('A 1 --prest hot-fix')).toEqual({ error: expect.stringContaining('Did you mean --preset') })
    expect(take('A 1 --preset')).toEqual({ error: expect.stringContaining('expects a value') })
  })

  it('are not made of a dash in a sentence', () => {
    expect(take('bad yield —as expected')).toMatchObject({ values: {}, rest: { length: 4 } })
  })
})

describe('the nearest name', () => {
  it('is found through swapped, missing and wrong letters', () => {
    expect(nearest('PCBA-FTC', ['PCBA-FCT', 'BATTERY', 'PCBA-ICT'])[0]).toBe('PCBA-FCT')
    expect(nearest('advnce', ['advance', 'abort', 'list'])).toEqual(['advance'])
    expect(nearest('zzzz', ['advance', 'abort'])).toEqual([])
  })

  it('is a slip only when it is close and not the same', () => {
    expect(isSlipOf('pcba-ftc', 'PCBA-FCT')).toBe(true)
    expect(isSlipOf('PCBA-FCT', 'PCBA-FCT')).toBe(false)
    expect(isSlipOf('yes', 'yet')).toBe(false)
  })
})
