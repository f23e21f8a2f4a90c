// The workspaces that installed the app by OAuth, each with its own token out of the sealed store.
import type { BaseLogger } from 'pino'
import { z } from 'zod'
import type { SlackInstallation, SlackInstallations } from '../../server/service.ts'
import type { Sealing } from './sealing.ts'
import type { Workspace, Workspaces } from './workspace.ts'

/** What is read of a sealed installation; it holds all that Slack told. */
const installation = z.object({
  bot: z.object({ token: z.string().min(1), id: z.string().min(1), userId: z.string().min(1) }),
})
export type Bot = { teamId: string; botId: string; botUserId: string; token: string }

const isOver = ['token_revoked', 'account_inactive', 'token_expired']

export function installedWorkspaces(deps: {
  installations: SlackInstallations
  sealing: Sealing
  build: (bot: Bot) => Workspace
  log: BaseLogger
}) {
  const { installations, sealing, build, log } = deps
  const built = new Map<string, { sealed: string; workspace: Workspace }>()
  const unreadable = new Set<string>()
  const gone = new Map<string, string>()

  /**
   * Asked of the store each time: another process may have installed it anew, or seen it end. While the store cannot
   * say, what it said last holds, so that people are told; nothing is decided without the database anyway.
   */
  async function of(teamId: string | null | undefined): Promise<Workspace | null> {
    try {
      return await lookedUp(teamId)
    } catch (error) {
      const before = teamId ? built.get(teamId) : undefined
      if (before === undefined) throw error
      log.warn(
        { err: error, team: teamId },
        'Slack: an installation could not be read; the last known is used',
      )
      return before.workspace
    }
  }

  async function lookedUp(teamId: string | null | undefined): Promise<Workspace | null> {
    const found = teamId ? await installations.find(teamId) : await installations.only()
    if (found === null || found.ended !== null) {
      if (found !== null) built.delete(found.team)
      return null
    }
    const before = built.get(found.team)
    gone.delete(found.team)
    if (before?.sealed === found.sealed) return before.workspace
    const bot = await botOf(found)
    if (bot === null) return null
    const workspace = build(bot)
    built.set(found.team, { sealed: found.sealed, workspace })
    return workspace
  }

  async function botOf({ team, teamName, sealed }: SlackInstallation): Promise<Bot | null> {
    const opened = sealing.open(sealed, team)
    const parsed = installation.safeParse(opened === null ? null : JSON.parse(opened.text))
    if (opened === null || !parsed.success) {
      if (!unreadable.has(sealed))
        log.error(
          { team },
          `Slack: the installation in ${teamName} cannot be opened with SLACK_TOKEN_SECRET. Add the secret it was sealed with, or install the app there again.`,
        )
      unreadable.add(sealed)
      return null
    }
    if (!opened.isNewest) await installations.reseal(team, sealed, sealing.seal(opened.text, team))
    const { token, id, userId } = parsed.data.bot
    return { teamId: team, botId: id, botUserId: userId, token }
  }

  async function ended(teamId: string, why: string, at: number): Promise<void> {
    if (!(await installations.end(teamId, why, at))) return
    built.delete(teamId)
    gone.set(teamId, why)
    log.warn({ team: teamId, why }, 'Slack: the app was taken out of a workspace; its messages wait there')
  }

  /** Of a token that may work again nothing is ended: an address that is not allowed is refused alike. */
  async function refused(teamId: string, code: string, at: number): Promise<void> {
    if (isOver.includes(code)) return ended(teamId, code, at)
    log.error(
      { team: teamId, why: code },
      'Slack refuses the bot token of a workspace; its messages wait there',
    )
  }

  const workspaces: Workspaces = { of, ended, refused }
  return {
    workspaces,
    /** Which workspaces this process has seen end and not come back; null for none. */
    note: () =>
      gone.size === 0
        ? null
        : `taken out of ${[...gone].map(([team, why]) => `${team} (${why})`).join(', ')}: messages wait there`,
  }
}
