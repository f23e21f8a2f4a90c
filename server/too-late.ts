// Gives up waiting for work that goes on: its caller is answered, and finds what came of it by asking again.

export class TooLate extends Error {
  constructor(ms: number) {
    super(`not done within ${ms / 1_000} s`)
  }
}

/** @throws TooLate */
export async function inTime<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const clock = setTimeout(() => late.reject(new TooLate(ms)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(clock)
  }
}
