// Slack closes a request after three seconds: what takes longer is told afterwards.

export type Timely<Result> = { inTime: true; result: Result } | { inTime: false }

export async function within<Result>(ms: number, work: Promise<Result>): Promise<Timely<Result>> {
  const timer = Promise.withResolvers<Timely<Result>>()
  const handle = setTimeout(() => timer.resolve({ inTime: false }), ms)
  try {
    return await Promise.race([
      work.then((result): Timely<Result> => ({ inTime: true, result })),
      timer.promise,
    ])
  } finally {
    clearTimeout(handle)
  }
}
