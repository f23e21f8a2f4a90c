// Ids and message timestamps that never repeat within one workspace.

export type Ids = ReturnType<typeof ids>

export function ids(deps: { now: () => number }) {
  let last = 0
  let lastSecond = 0
  let withinSecond = 0

  function next(prefix: string): string {
    last += 1
    return `${prefix}${last.toString(36).toUpperCase().padStart(9, '0')}`
  }

  /** Seconds and a running number, like 1732100000.000100; later calls are always greater. */
  function ts(): string {
    const second = Math.max(lastSecond, Math.floor(deps.now() / 1000))
    withinSecond = second === lastSecond ? withinSecond + 100 : 100
    lastSecond = second
    return `${second}.${String(withinSecond).padStart(6, '0')}`
  }

  return { next, ts }
}
