import { expect, it } from 'vitest'
import { slimSvg } from '../../views/slim-svg.ts'

const drawn = `<svg class="marks" version="1.1" xmlns="x"><g class="a" role="graphics-symbol" aria-roledescription="group"><path class="background" aria-hidden="true" d="M0,0h480v230h-480Z"/><path d="M0,0h9v9h-9Z" fill="#fff"/><text transform="translate(1.23456,-7.0001)" font-family="Sans" opacity="1">12.3456789 class="a" of &lt;b&gt;</text><text font-family="Sans">b</text></g></svg>`

it('keeps what is seen, and leaves words as they are', () => {
  expect(slimSvg(drawn)).toBe(
    '<svg font-family="Sans" xmlns="x"><path d="M0,0h9v9h-9Z" fill="#fff"/><text transform="translate(1.2,-7)">12.3456789 class="a" of &lt;b&gt;</text><text>b</text></svg>',
  )
})

it('leaves out groups of nothing, and closes every group that it opens', () => {
  const svg = '<svg><g/><g a="b"><g><g a="c"/><text>x</text></g></g></svg>'
  expect(slimSvg(svg)).toBe('<svg><g a="b"><text>x</text></g></svg>')
})

it('leaves families of letters where there are several', () => {
  const two = '<svg><text font-family="A">a</text><text font-family="B">b</text></svg>'
  expect(slimSvg(two)).toBe(two)
})

it('says once what all shapes of a mark have alike, but never how see-through each is', () => {
  const lines =
    '<svg><g><g><line x2="1" stroke="red" opacity="0.5"/><line x2="2" stroke="red" opacity="0.5"/></g><g></g></g></svg>'
  expect(slimSvg(lines)).toBe(
    '<svg><g stroke="red"><line x2="1" opacity="0.5"/><line x2="2" opacity="0.5"/></g></svg>',
  )
  const unlike = '<svg><g><line stroke="red"/><line stroke="blue"/></g></svg>'
  expect(slimSvg(unlike)).toBe('<svg><line stroke="red"/><line stroke="blue"/></svg>')
})
