// Values with how often each came: rates of 20 runs take few values, and a rank test needs no more.

export type ValueCounts = { readonly counts: Map<number, number>; size: number }

export function noValues(): ValueCounts {
  return { counts: new Map(), size: 0 }
}

export function addValue(values: ValueCounts, value: number): void {
  values.counts.set(value, (values.counts.get(value) ?? 0) + 1)
  values.size += 1
}
