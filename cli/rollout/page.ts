// The address of a rollout's page, as it may be printed.
import type { Output } from '../command.ts'
import type { Rollout } from './rollout.ts'

/** The key in it opens the page to whoever reads it: a person at a terminal, and not everybody who sees a log. */
export function pageOf({ url }: Pick<Rollout, 'url'>, { isTTY = false }: Pick<Output, 'isTTY'>): string {
  return isTTY ? url : (url.split('?', 1)[0] ?? url)
}
