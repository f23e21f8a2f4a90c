import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { within } from '../../bot/within.ts'

describe('work with a limit of time', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is given when it ends in time', async () => {
    expect(await within(2000, Promise.resolve('done'))).toEqual({ inTime: true, result: 'done' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is given up when it does not', async () => {
    const slow = within(2000, new Promise(() => {}))
    await vi.advanceTimersByTimeAsync(2000)
    expect(await slow).toEqual({ inTime: false })
  })
})
