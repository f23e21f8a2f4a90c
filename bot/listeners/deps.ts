// What every listener works with, and what it gets for the workspace in which something happened.
import type { BaseLogger } from 'pino'
import type { RolloutId } from '../../server/domain/ids.ts'
import type { Service, SlackStore } from '../../server/service.ts'
import type { Cards } from '../deliveries/cards.ts'
import type { Homes } from '../deliveries/homes.ts'
import type { Workspace, Workspaces } from '../workspaces/workspace.ts'

export type ListenerDeps = {
  service: Service
  store: SlackStore
  cards: Cards
  homes: Homes
  workspaces: Workspaces
  /** Whether a key in an address opens the page of this rollout now. */
  opens: (id: RolloutId, key: string) => boolean
  /** Milliseconds since 1970. */
  now: () => number
  log: BaseLogger
}
/** The same, where a request came from. */
export type Here = ListenerDeps & Workspace

/** @throws where the app is not installed: nothing can be answered there. */
export async function here(deps: ListenerDeps, context: { teamId?: string | undefined }): Promise<Here> {
  const workspace = await deps.workspaces.of(context.teamId)
  if (workspace === null)
    throw new Error(
      `a request came from workspace ${context.teamId ?? 'unknown'}, where the app is not installed`,
    )
  return { ...deps, ...workspace }
}
