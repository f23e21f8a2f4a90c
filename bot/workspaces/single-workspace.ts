// The one workspace of an app that was set up with a bot token.
import type { BaseLogger } from 'pino'
import { slackFailure } from '../connection/slack-failure.ts'
import type { Workspace, Workspaces } from './workspace.ts'

export function singleWorkspace(workspace: Workspace, log: BaseLogger) {
  let why: string | null = null

  const workspaces: Workspaces = {
    async of(teamId) {
      const isMeant = teamId === null || teamId === undefined || teamId === workspace.teamId
      return isMeant && why === null ? workspace : null
    },
    /** The word may be old, from before the token was renewed: the token itself is asked. */
    async ended(teamId, said) {
      if (teamId !== workspace.teamId || why !== null || (await works())) return
      why = `the app was taken out of the workspace (${said}): install it again, set SLACK_BOT_TOKEN and restart`
      log.error({ team: teamId, why: said }, `Slack: ${why}. Until then its messages wait.`)
    },
  }

  async function works(): Promise<boolean> {
    try {
      await workspace.clients.interactive.auth.test()
      return true
    } catch (error) {
      return slackFailure(error).kind !== 'locked out'
    }
  }

  return {
    workspaces,
    /** Why it cannot be used any more; null while it can. */
    endedWhy: () => why,
  }
}
