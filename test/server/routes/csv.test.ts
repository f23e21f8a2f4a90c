// Cells as a spreadsheet reads them.
import { expect, test } from 'vitest'
import { csv } from '../../../server/routes/csv.ts'

test('rows end as RFC 4180 has them, after the mark of UTF-8', () => {
  expect(
    csv([
      ['pair', 'serial'],
      [1, 'Prüf-7'],
    ]),
  ).toBe('\uFEFFpair,serial\r\n1,Prüf-7\r\n')
  expect(csv([])).toBe('\uFEFF')
})

test.each([
  ['SN-1', 'SN-1'],
  ['', ''],
  ['a,b', '"a,b"'],
  ['a "b"', '"a ""b"""'],
  ['a\nb', '"a\nb"'],
  ['a\rb', '"a\rb"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1+1', "'  =1+1"],
  ['\t=1', "'\t=1"],
  ['\rx', '"\'\rx"'],
  ['＝1', "'＝1"],
  ['=A1,"x"', '"\'=A1,""x"""'],
])('%j is written as %j', (text, cell) => {
  expect(csv([[text]])).toBe(`\uFEFF${cell}\r\n`)
})

test('a number is a number, below nothing too', () => {
  expect(csv([[-3, 0.5]])).toBe('\uFEFF-3,0.5\r\n')
})
