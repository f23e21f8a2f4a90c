// Whether our gates kept what they promise: at most alpha of the healthy rollouts stopped, within chance.
import type { Figure } from './run-experiment.ts'

/** Figures that promise something, and those of them that are above it by more than three standard errors. */
export function promisesOf(figures: readonly Figure[]): { made: Figure[]; broken: Figure[] } {
  const made = figures.filter(({ alpha }) => alpha !== null)
  return { made, broken: made.filter((figure) => !isKept(figure)) }
}

function isKept({ stopped, standardError, alpha }: Figure): boolean {
  return alpha === null || stopped <= alpha + 3 * standardError
}

export function promiseLine(figures: readonly Figure[]): string {
  const { made, broken } = promisesOf(figures)
  const above = broken.map(({ section, column, method }) => `${section}, ${column}, ${method}`)
  const line = `${made.length - broken.length} of ${made.length} promises kept: at most alpha of healthy rollouts stopped, within three standard errors`
  return broken.length === 0 ? line : `${line}\nbroken: ${above.join('; ')}`
}
