// Times that something took, in the unit a person would say them in.
import { absent } from './rate.ts'

const minute = 60_000

/** 42_000 → "42 s", 5_400_000 → "90 min", 200_000_000 → "56 h", 400_000_000 → "4.6 days". Null: a dash. */
export function span(ms: number | null): string {
  if (ms === null) return absent
  if (ms < 2 * minute) return `${Math.round(ms / 1000)} s`
  if (ms < 120 * minute) return `${Math.round(ms / minute)} min`
  const hours = ms / (60 * minute)
  if (hours < 72) return `${Number(hours.toFixed(hours < 10 ? 1 : 0))} h`
  return `${Number((hours / 24).toFixed(1))} days`
}
