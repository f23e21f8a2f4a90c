// Durations as ISO 8601 writes them: PT1M2.5S is 62.5 seconds.

const shape = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d{1,9})?)S)?)?$/

/** Milliseconds; null when it is no duration. Months and years have no fixed length and are none. */
export function readDuration(text: string): number | null {
  const found = shape.exec(text.trim())
  if (!found || /[PT]$/.test(text.trim())) return null
  const [weeks, days, hours, minutes, seconds] = found
    .slice(1)
    .map((part) => Number((part ?? '0').replace(',', '.')))
  return Math.round(
    ((((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) *
      1000,
  )
}

export function writeDuration(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000)
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000)
  const seconds = (milliseconds % 60_000) / 1000
  const parts = [
    hours > 0 ? `${hours}H` : '',
    minutes > 0 ? `${minutes}M` : '',
    seconds > 0 || milliseconds === 0 ? `${seconds}S` : '',
  ]
  return `PT${parts.join('')}`
}
