// Addresses from outside: what is taken, and what never gets as far as a page, a message or a station.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { link } from '../../bot/blocks/markup.ts'
import { isWebAddress, webAddress } from '../../server/domain/web-address.ts'
import { html, htmlText } from '../../views/html.ts'

test.each([
  'https://builds.test/v1.tar.gz',
  'http://10.0.0.5:8080/a?b=c&d=%20e#f',
  'HTTPS://Builds.Test/',
  'https://[2001:db8::1]/x',
  'https://bucket.s3.amazonaws.com/key?X-Amz-Signature=abc',
])('%s is an address', (text) => expect(isWebAddress(text)).toBe(true))

test.each([
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'ftp://builds.test/x',
  'gopher://builds.test/',
  'https:builds.test',
  'https://',
  '//builds.test/x',
  '/x',
  'https://user@builds.test/',
  'https://user:password@builds.test/',
  'https://:password@builds.test/',
  'https://builds.test/a b',
  ' https://builds.test/',
  'https://builds.test/\r\nset-cookie: a=b',
  'https://builds.test/\u0000',
  'https://builds.test/\u202Egpj.exe',
  'https://builds.test/\u200B',
  'https://builds.test/">x',
  'https://builds.test/<script>',
  'https://builds.test/|evil>',
  'https:\\\\builds.test',
  `https://builds.test/${'a'.repeat(2000)}`,
])('%j is none', (text) => {
  expect(isWebAddress(text)).toBe(false)
  expect(webAddress.safeParse(text).error?.issues[0]?.message).toContain('expected an address')
})

test('whatever is taken stays one address in Slack and one attribute in HTML', () => {
  const odd = fc.string({ unit: 'binary', maxLength: 40 })
  fc.assert(
    fc.property(odd, (tail) => {
      const text = `https://builds.test/${tail}`
      if (!isWebAddress(text)) return
      expect(link(text, 'label').markup).toMatch(/^<https:\/\/builds\.test\/[^<>|\s]*\|label>$/)
      expect(htmlText(html`<a href="${text}">x</a>`)).toMatch(
        /^<a href="https:\/\/builds\.test\/[^"<>]*">x<\/a>$/,
      )
    }),
    { numRuns: 2_000 },
  )
})
