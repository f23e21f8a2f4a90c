// Values that no client should send: each has broken some parser, driver or database before.
import fc from 'fast-check'

/** A literal that JSON.stringify cannot write: it stands in a text until the body is written. */
const raw = (literal: string) => `@@raw:${literal}@@`

/** The body's text, with the literals in their places. */
export function written(value: unknown): string {
  return (JSON.stringify(value) ?? '').replaceAll(/"@@raw:(.*?)@@"/g, (_, literal: string) => {
    const depth = /^deep (\d+)$/.exec(literal)?.[1]
    return depth === undefined ? literal : `${'['.repeat(Number(depth))}${']'.repeat(Number(depth))}`
  })
}

export const hostileTexts = [
  '',
  ' ',
  '\n\t\r',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfffb',
  '\ufeff',
  '\u202egnp.exe',
  'e\u0301'.repeat(50),
  '\u{1f469}\u200d\u{1f680}'.repeat(20),
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '0x10',
  '1_000',
  'null',
  'undefined',
  'true',
  '[object Object]',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  "' or 1=1 --",
  '"; drop table runs; --',
  '$1',
  '%',
  '_%\\',
  '<script>alert(1)</script>',
  '<!channel>',
  '../../etc/passwd',
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-05-22T24:00:00Z',
  '2026-05-22T06:00:00+23:59',
  '2026-05-22',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'x'.repeat(300),
  'x'.repeat(3_001),
  '\u4e00'.repeat(3_000),
  'x'.repeat(100_000),
]

const numbers = [
  0,
  -1,
  0.5,
  1.000_000_1,
  32_768,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  1e21,
  1e308,
  5e-324,
  -1e308,
]

const others: unknown[] = [
  null,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  [{}],
  { length: 3 },
  { toString: 1 },
  { $ne: null },
  raw('1e999'),
  raw('-1e999'),
  raw('123456789012345678901234567890'),
  raw('{"__proto__":{"admin":true}}'),
  raw('{"constructor":{"prototype":{"admin":true}}}'),
  raw('deep 500'),
  raw('deep 20000'),
  Array.from({ length: 2_000 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, index])),
]

export const hostileText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
)

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: fc.constantFrom(...numbers) },
  { weight: 3, arbitrary: fc.constantFrom(...others) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)
