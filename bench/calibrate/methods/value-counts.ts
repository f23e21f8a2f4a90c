// Values in order, each with how often it came: rates of 20 runs take few values, and a rank test needs no more.

export type ValueCounts = { readonly values: number[]; readonly counts: number[]; size: number; sum: number }

export function noValues(): ValueCounts {
  return { values: [], counts: [], size: 0, sum: 0 }
}

export function addValue(known: ValueCounts, value: number): void {
  const { values, counts } = known
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] ?? value) < value) low = middle + 1
    else high = middle
  }
  if (values[low] === value) counts[low] = (counts[low] ?? 0) + 1
  else {
    values.splice(low, 0, value)
    counts.splice(low, 0, 1)
  }
  known.size += 1
  known.sum += value
}
