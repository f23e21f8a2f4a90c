import { describe, expect, it } from 'vitest'
import { fleet } from '../../../demo/factory/fleet.ts'
import { productOf, products } from '../../../demo/factory/product.ts'

const lines = fleet(5, 1)

describe('the products of a line', () => {
  const [first] = lines
  const made = (line: { rotationOffset: number }, count: number) =>
    Array.from({ length: count }, (_, index) => productOf(line, index + 1))

  it('come in batches, over and over', () => {
    const twice = made({ rotationOffset: 0 }, 64)
    const batches = twice.flatMap((product, index) =>
      product === twice[index - 1] ? [] : [{ product, from: index + 1 }],
    )
    expect(batches).toEqual([
      { product: 'TX-200', from: 1 },
      { product: 'TX-210', from: 21 },
      { product: 'TX-300', from: 29 },
      { product: 'TX-200', from: 33 },
      { product: 'TX-210', from: 53 },
      { product: 'TX-300', from: 61 },
    ])
  })

  it('are the same at every station of it, and other lines are elsewhere in the turn', () => {
    for (const station of fleet(30, 7)) {
      const line = lines.find((one) => one.line === station.line)
      expect(station.rotationOffset).toBe(line?.rotationOffset)
    }
    expect(new Set(lines.map((one) => one.rotationOffset)).size).toBe(lines.length)
    for (const line of lines)
      expect(productOf(line, 1)).toBe(productOf({ rotationOffset: 0 }, line.rotationOffset + 1))
    expect(new Set(lines.map((line) => productOf(line, 1))).size).toBeGreaterThan(1)
  })

  it('are all there is', () => {
    if (!first) throw new Error('a fleet has a line')
    expect(new Set(made(first, 32))).toEqual(new Set(Object.keys(products)))
  })
})
