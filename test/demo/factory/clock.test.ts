import { describe, expect, it } from 'vitest'
import { fastClock } from '../../../demo/clock.ts'

describe('the fast clock', () => {
  it('starts where it is told and runs as many times faster', async () => {
    const before = performance.now()
    const clock = fastClock({ speed: 1000, start: 5_000_000 })
    const made = performance.now()
    await clock.sleep(60_000)
    const woken = performance.now()
    const simulated = clock.now() - 5_000_000
    // The real time that passed lies between these two, however busy the machine is.
    expect(simulated).toBeGreaterThanOrEqual(Math.floor((woken - made) * 1000))
    expect(simulated).toBeLessThanOrEqual((performance.now() - before) * 1000)
    expect(simulated).toBeGreaterThanOrEqual(60_000)
  })

  it('never wakes a sleeper early', async () => {
    const clock = fastClock({ speed: 5000 })
    for (let index = 0; index < 50; index++) {
      const until = clock.now() + 7000
      await clock.sleep(7000)
      expect(clock.now()).toBeGreaterThanOrEqual(until)
    }
  })

  it('lets go of a sleeper who is told to stop', async () => {
    const stop = new AbortController()
    const sleeping = fastClock({ speed: 1 }).sleep(3_600_000, stop.signal)
    stop.abort()
    await expect(sleeping).rejects.toThrow(/abort/i)
  })
})
