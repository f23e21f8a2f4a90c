// A workspace in which the app is installed: how to call Slack there, and who its people are.
import type { BaseLogger } from 'pino'
import type { Service } from '../../server/service.ts'
import type { Clients } from '../connection/clients.ts'
import { createTell, type Tell } from '../tell.ts'
import { createPeople, type People } from './people.ts'
import { createRights, type Rights } from './rights.ts'

export type Workspace = {
  teamId: string
  botId: string
  botUserId: string
  clients: Clients
  people: People
  rights: Rights
  tell: Tell
}
export type Workspaces = {
  /** Without a team: the one that the app was set up with. Null: it is not installed there, or not any more. */
  of(teamId: string | null | undefined): Promise<Workspace | null>
  /** Slack says that the app was taken out of a workspace, or lost its tokens there, at this moment. */
  ended(teamId: string, why: string, at: number): Promise<void>
  /** Slack refused the token, with this code, in a call that was made at this moment. */
  refused(teamId: string, code: string, at: number): Promise<void>
}

export function createWorkspace(deps: {
  bot: { teamId: string; botId: string; botUserId: string }
  clients: Clients
  service: Service
  now: () => number
  log: BaseLogger
}): Workspace {
  const { bot, clients, service, now, log } = deps
  const people = createPeople({ client: clients.interactive, teamId: bot.teamId, now })
  return {
    ...bot,
    clients,
    people,
    rights: createRights({ service, clients, people, teamId: bot.teamId, now }),
    tell: createTell({ client: clients.interactive, log }),
  }
}
