// One piece of work at a time, with a lane for what a person waits for that goes ahead of the other.

export type InLine = <Result>(work: () => Promise<Result>) => Promise<Result>

/** So many of the fast lane in a row at most, while others wait: it is for few, and must not shut the rest out. */
const mostAhead = 8

export function twoLanes(): { usual: InLine; ahead: InLine } {
  const waiting = { usual: [] as (() => Promise<void>)[], ahead: [] as (() => Promise<void>)[] }
  let isBusy = false
  let inARow = 0

  function next(): (() => Promise<void>) | undefined {
    const turn = inARow < mostAhead || waiting.usual.length === 0 ? waiting.ahead.shift() : undefined
    inARow = turn ? inARow + 1 : 0
    return turn ?? waiting.usual.shift()
  }

  async function work(): Promise<void> {
    isBusy = true
    for (let turn = next(); turn; turn = next()) await turn()
    isBusy = false
  }

  const lane =
    (line: (() => Promise<void>)[]): InLine =>
    (asked) =>
      new Promise((resolve, reject) => {
        line.push(async () => {
          try {
            resolve(await asked())
          } catch (error) {
            reject(error)
          }
        })
        if (!isBusy) void work()
      })
  return { usual: lane(waiting.usual), ahead: lane(waiting.ahead) }
}
