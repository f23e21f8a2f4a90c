// Expressions made at random, over records made at random: what is true of all of them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expressionText, holds } from '../../../server/domain/gates/expression.ts'

const words =
  'a b xs m.a m["b"] xs[0] "text" 1 2.5 true null [ ] ( ) { } : , . && || ! - + * / % == != < <= > >= in ? ' +
  'has( size( all( exists( filter( startsWith( x 1e3 0x1F 5u b"a" r"a" \\ \' " // ___ constructor'
const anyText = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.array(fc.constantFrom(...words.split(' ')), { maxLength: 14 }).map((all) => all.join(' ')),
)
const anyTerm = fc.letrec<{ term: string; condition: string }>((tie) => {
  const two = (signs: string[], part: fc.Arbitrary<string>) =>
    fc.tuple(part, fc.constantFrom(...signs), part).map(([left, sign, right]) => `(${left} ${sign} ${right})`)
  const leaves = 'a b m.a m.c xs[0] xs m s 1 2.5 0 "a" true null [a,1]'.split(' ')
  return {
    term: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(...leaves),
      two(['+', '-', '*', '%', '/ 1.0 /'], tie('term')),
      tie('condition'),
    ),
    condition: fc.oneof(
      { maxDepth: 3 },
      two(['==', '!=', '<', '>=', 'in'], tie('term')),
      two(['&&', '||'], tie('condition')),
      tie('condition').map((each) => `!${each}`),
      tie('term').map((each) => `xs.exists(x, x == ${each})`),
      fc.tuple(tie('condition'), tie('term'), tie('term')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
      fc.constantFrom('has(m.a)', 'a', 's.contains("a")', 'm.all(k, m[k] == a)'),
    ),
  }
})
const anyRecord = fc.dictionary(
  fc.constantFrom(...'a b xs m s constructor __proto__'.split(' ')),
  fc.jsonValue(),
)
const usualRecord = fc.record({
  a: fc.oneof(fc.integer(), fc.double(), fc.boolean()),
  b: fc.jsonValue(),
  xs: fc.array(fc.oneof(fc.integer(), fc.string())),
  m: fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()),
  s: fc.string(),
})

test('whatever is written and reported, the answer is yes, no or unknown, and a fault is a sentence', () => {
  const text = fc.oneof(anyText, anyTerm.condition)
  fc.assert(
    fc.property(text, fc.oneof(anyRecord, usualRecord), (given, record) => {
      for (const { message } of expressionText.safeParse(given).error?.issues ?? [])
        expect(message).toMatch(/^expected /)
      expect(['yes', 'no', 'unknown']).toContain(holds(given, record))
    }),
    { numRuns: 3000 },
  )
})

test('the contrary of an answer is the contrary answer', () => {
  const contrary = { yes: 'no', no: 'yes', unknown: 'unknown' } as const
  fc.assert(
    fc.property(anyTerm.condition, usualRecord, (given, record) => {
      expect(holds(`!(${given})`, record)).toBe(contrary[holds(given, record)])
    }),
    { numRuns: 1000 },
  )
})
