// Rounds of a comparison: contenders take turns, so that what the machine does meanwhile meets them all alike.

/** Each contender's figures, one a round. The order turns around with every round: who comes second finds warm caches. */
export async function interleaved<Name extends string>(
  rounds: number,
  contenders: { [Key in Name]?: () => Promise<number> },
): Promise<(name: Name) => number[]> {
  const names = Object.keys(contenders).filter((name): name is Name => name in contenders)
  const figures = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? names : names.toReversed())
      figures.get(name)?.push((await contenders[name]?.()) ?? Number.NaN)
  return (name) => figures.get(name) ?? []
}

/** The median of the rounds' own ratios: both figures of a round were taken within seconds of each other. */
export function medianRatio(ours: readonly number[], peers: readonly number[]): number {
  return median(ours.map((figure, round) => figure / (peers[round] ?? Number.NaN)))
}

export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((one, other) => one - other)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

/** The figure that this share of all is not above. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
