// Moments as the command line writes them.

/** "2026-05-22 06:00" in UTC, of ISO 8601 or of milliseconds since 1970; empty without one. */
export function minuteText(at: string | number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
