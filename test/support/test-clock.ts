// A clock that stands until a test moves it.
export type TestClock = { now: () => number; pass(ms: number): void; iso(ms?: number): string }

export function testClock(start = '2026-05-22T06:00:00Z'): TestClock {
  let at = Date.parse(start)
  return {
    now: () => at,
    pass(ms) {
      at += ms
    },
    /** The present moment, or one `ms` away from it. */
    iso: (ms = 0) => new Date(at + ms).toISOString(),
  }
}
