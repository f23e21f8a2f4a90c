// A workspace in which the app is installed: how to call Slack there, and who its people are.
import type { Clients } from './clients.ts'
import type { People } from './people.ts'
import type { Rights } from './rights.ts'
import type { Tell } from './tell.ts'

export type Workspace = {
  teamId: string
  botUserId: string
  clients: Clients
  people: People
  rights: Rights
  tell: Tell
}
export type Workspaces = {
  /** Without a team: the one that the app was set up with. Null: it is not installed there, or not any more. */
  of(teamId: string | null | undefined): Promise<Workspace | null>
}
