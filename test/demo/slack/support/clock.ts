// A clock that tests move by hand, so that expiry needs no waiting.

export function clock(start = Date.now()) {
  let now = start
  return {
    now: () => now,
    pass: (ms: number) => {
      now += ms
    },
  }
}
