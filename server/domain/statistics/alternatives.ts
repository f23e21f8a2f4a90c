/**
 * The sizes of change that evidence is collected for, in log-odds beyond the change to be refuted,
 * with the share of the stake on each.
 *
 * Sixteen steps of 0.25 up to 4: from "a fifth more failures" to "fifty times the odds". The shares
 * follow a half-normal with standard deviation 1.25, so that most is on changes a line would notice.
 * Any fixed shares keep the guarantee; these set where the evidence grows fastest.
 *
 * Source: mixture martingale, Robbins, Annals of Mathematical Statistics 41 (1970), 1397.
 *
 * @example ALTERNATIVES[0] // beyond 0.25, share 0.170
 */
export const ALTERNATIVES: readonly { beyond: number; share: number; logShare: number }[] = alternatives()

/** The largest of them. */
export const FURTHEST_ALTERNATIVE = Math.max(...ALTERNATIVES.map(({ beyond }) => beyond))

function alternatives(): { beyond: number; share: number; logShare: number }[] {
  const steps = Array.from({ length: 16 }, (_, step) => 0.25 * (step + 1))
  const heights = steps.map((beyond) => Math.exp(-(beyond ** 2) / (2 * 1.25 ** 2)))
  const total = heights.reduce((sum, height) => sum + height, 0)
  return steps.map((beyond, step) => {
    const share = (heights[step] ?? 0) / total
    return { beyond, share, logShare: Math.log(share) }
  })
}
