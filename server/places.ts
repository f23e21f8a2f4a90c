// So many pieces of work at a time; the others wait in the order they came.

export function places(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let taken = 0

  return async function inPlace(work) {
    // A place that is given up goes to the next in line itself: who comes in between cannot take it.
    if (taken === most) await new Promise<void>((resolve) => waiting.push(resolve))
    else taken += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else taken -= 1
    }
  }
}
