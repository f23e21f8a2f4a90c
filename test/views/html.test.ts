import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Content, escapeText, html, htmlText, trustedHtml } from '../../views/html.ts'

describe('html', () => {
  it('escapes every value put between tags or into an attribute', () => {
    const hostile = `<img src=x onerror="alert('1')">&amp;`
    expect(htmlText(html`<p title="${hostile}">${hostile}</p>`)).toBe(
      `<p title="${escapeText(hostile)}">${escapeText(hostile)}</p>`,
    )
    expect(escapeText(hostile)).not.toMatch(/[<>"']/)
  })

  it('keeps what came out of a template, and lists of it', () => {
    const items = ['a<', 'b'].map((each) => html`<li>${each}</li>`)
    expect(htmlText(html`<ul>${items}</ul>`)).toBe('<ul><li>a&#60;</li><li>b</li></ul>')
  })

  it('leaves nothing behind for what is absent', () => {
    expect(htmlText(html`<p>${null}${false}${[]}</p>`)).toBe('<p></p>')
  })

  it('takes no parsed JSON for finished HTML', () => {
    const forged = JSON.parse('{"html":"<script>","markup":"<script>"}') as Content
    expect(() => htmlText(html`<p>${forged}</p>`)).toThrow()
  })

  it('puts in unchanged only what is called trusted', () => {
    expect(htmlText(html`<div>${trustedHtml('<svg></svg>')}</div>`)).toBe('<div><svg></svg></div>')
  })

  it('lets no text turn the direction of what follows it', () => {
    expect(escapeText('a\u{202E}b\u{2066}c')).toBe('a\u{FFFD}b\u{FFFD}c')
  })

  it('never lets any text open a tag, close an attribute or break XML', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeText(text)
        expect(escaped).not.toMatch(/[<>"']/)
        expect(escaped.replaceAll(/&#\d+;/g, '')).not.toContain('&')
        expect(escaped.isWellFormed()).toBe(true)
        expect([...escaped].every((character) => /[\t\n\r]|[^\p{Cc}]/u.test(character))).toBe(true)
      }),
    )
  })
})
