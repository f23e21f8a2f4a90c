/** What is known of one station: its past on the base build, and its counts since the switch. */
export type StationTally = {
  readonly id: string
  readonly arm: 'base' | 'canary'
  /** Runs on the base build in the past window, before the start. */
  readonly pastRuns: number
  readonly pastBad: number
  /** Runs since this station's switch; for a base station since the start. */
  readonly runs: number
  readonly bad: number
}

/**
 * Brings counts into the range in which every formula of this folder gives a finite number.
 *
 * Bad above the runs (two reads with a correction between them) counts as all bad. A station with
 * more than a thousand million runs is scaled down to that, its rate kept: more evidence than that
 * changes no verdict and costs all the digits.
 *
 * @example tallyInRange({ id: 'a', arm: 'base', pastRuns: 0, pastBad: 0, runs: 3, bad: 4 }).bad // 3
 */
export function tallyInRange(station: StationTally): StationTally {
  const past = countsInRange(station.pastRuns, station.pastBad)
  const since = countsInRange(station.runs, station.bad)
  return { id: station.id, arm: station.arm, pastRuns: past.runs, pastBad: past.bad, ...since }
}

const MOST_RUNS = 1e9

function countsInRange(runs: number, bad: number): { runs: number; bad: number } {
  const kept = Math.min(runs, MOST_RUNS)
  return runs > MOST_RUNS
    ? { runs: kept, bad: kept * Math.min(bad / runs, 1) }
    : { runs, bad: Math.min(bad, runs) }
}
