// How long to wait between attempts to reach Slack: doubling from one second to one minute.

export function gapMs(failedAttempts: number): number {
  return Math.min(60_000, 1000 * 2 ** Math.min(failedAttempts, 6))
}
