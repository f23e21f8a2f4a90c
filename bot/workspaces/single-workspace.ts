// The one workspace of an app that was set up with a bot token.
import type { BaseLogger } from 'pino'
import { slackFailure } from '../connection/slack-failure.ts'
import type { Workspace, Workspaces } from './workspace.ts'

/** A token that works again, as that of an account which was only set aside, needs no restart. */
const askAgainMs = 5 * 60_000

export function singleWorkspace(workspace: Workspace, { now, log }: { now: () => number; log: BaseLogger }) {
  let why: string | null = null
  let askedAt = Number.NEGATIVE_INFINITY

  const workspaces: Workspaces = {
    async of(teamId) {
      const isMeant = teamId === null || teamId === undefined || teamId === workspace.teamId
      if (!isMeant) return null
      if (why !== null && now() - askedAt >= askAgainMs && (await works())) {
        why = null
        log.info({ team: workspace.teamId }, 'Slack: the bot token works again')
      }
      return why === null ? workspace : null
    },
    /** The word may be old, from before the token was renewed: the token itself is asked. */
    ended: (teamId, said) => doubt(teamId, `the app was taken out of the workspace (${said})`),
    refused: (teamId, code) => doubt(teamId, `Slack refuses the bot token (${code})`),
  }

  async function doubt(teamId: string, said: string): Promise<void> {
    if (teamId !== workspace.teamId || why !== null || (await works())) return
    why = `${said}: install it again, set SLACK_BOT_TOKEN and restart`
    log.error({ team: teamId }, `Slack: ${why}. Until then its messages wait.`)
  }

  async function works(): Promise<boolean> {
    askedAt = now()
    try {
      await workspace.clients.interactive.auth.test()
      return true
    } catch (error) {
      return slackFailure(error).kind !== 'token refused'
    }
  }

  return {
    workspaces,
    /** Why it cannot be used any more; null while it can. */
    endedWhy: () => why,
  }
}
