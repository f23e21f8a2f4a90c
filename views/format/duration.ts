// Durations in the unit a person would say them in.

/** 1440 → "24 h", 95 → "1 h 35 min". */
export function minutes(value: number): string {
  const whole = Math.round(value)
  if (whole < 60) return `${whole} min`
  if (whole >= 72 * 60 && whole % (24 * 60) === 0) return `${whole / (24 * 60)} days`
  const rest = whole % 60
  return rest === 0 ? `${whole / 60} h` : `${Math.floor(whole / 60)} h ${rest} min`
}

/** 42.31 → "42.3 s", 130 → "2 min 10 s". */
export function seconds(value: number): string {
  if (value < 119.95) return `${value.toFixed(1)} s`
  const whole = Math.round(value)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}
