// The start-order watermark: a run is judged only when every run of its arm that started before it has ended.
// A failed run ends sooner: counted as they come in, the first runs would be mostly failures.
import type { StationId } from './ids.ts'
import type { Instant } from './instant.ts'
import { isTaken, type RolloutState } from './rollout/state.ts'

type Clock = { stationId: StationId; heartbeatAt: Instant | null; runStartedAt: Instant | null }
type Habit = { stationId: StationId; pastP99Seconds: number | null }

/**
 * The earliest start among the runs still going, of each arm; `now` when none goes.
 * A station that sends no heartbeats is taken to be busy for its own 99th percentile of duration.
 * A run older than `timeLimitMs` is a hung one and holds nothing back.
 */
export function watermarks(
  state: Pick<RolloutState, 'stations'>,
  clocks: Clock[],
  habits: Habit[],
  timeLimitMs: number,
  now: Instant,
): { canary: Instant; base: Instant } {
  const usual = new Map(habits.map((habit) => [habit.stationId, habit.pastP99Seconds]))
  const marks = { canary: now, base: now }
  for (const clock of clocks) {
    const arm = isTaken(state.stations[clock.stationId]?.status) ? 'canary' : 'base'
    marks[arm] = Math.min(
      marks[arm],
      stationMark(clock, usual.get(clock.stationId) ?? null, timeLimitMs, now),
    )
  }
  return marks
}

function stationMark(clock: Clock, p99Seconds: number | null, timeLimitMs: number, now: Instant): Instant {
  if (clock.heartbeatAt === null) return now - Math.min((p99Seconds ?? 0) * 1000, timeLimitMs)
  if (clock.runStartedAt === null) return now
  // A run that is going began before its station told of it, however far ahead the station's clock is.
  const started = Math.min(clock.runStartedAt, clock.heartbeatAt)
  return now - started > timeLimitMs ? now : started
}
