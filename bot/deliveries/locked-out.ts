// Slack does not let the bot in: the log says so once, and so does a direct message to the rollout's owner.
import type { BaseLogger } from 'pino'
import { isKnownToSlack } from '../../server/domain/known-to-slack.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { Delivery, Service, SlackStore } from '../../server/service.ts'
import { messageText, section } from '../blocks/build.ts'
import { link, type Markup, markup, oneLine } from '../blocks/markup.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import { channelState } from '../workspaces/channel-state.ts'
import type { Workspace, Workspaces } from '../workspaces/workspace.ts'
import { contentHash, post } from './messages.ts'

export function lockedOutNotice(deps: {
  workspaces: Workspaces
  service: Pick<Service, 'get' | 'procedure'>
  store: Pick<SlackStore, 'posts'>
  now: () => number
  log: BaseLogger
}) {
  const { workspaces, service, store, now, log } = deps
  const known = new Set<string>()

  async function tell(job: Delivery, why: string): Promise<void> {
    const { view, procedure } = await subjectOf(job)
    if (!procedure) return
    logOnce(procedure, why)
    const workspace = await workspaces.of(procedure.team)
    if (view !== null && workspace !== null) await tellOwner(workspace, view, why)
  }

  /** Where nobody can be told in Slack. */
  async function logged(job: Delivery, why: string): Promise<void> {
    const { procedure } = await subjectOf(job)
    if (procedure) logOnce(procedure, why)
  }

  async function subjectOf(job: Delivery) {
    const view = 'rolloutId' in job ? await service.get(job.rolloutId) : null
    const procedure =
      view?.procedure ?? ('procedureId' in job ? await service.procedure(job.procedureId) : null)
    return { view, procedure }
  }

  function logOnce(
    procedure: { name: string; channel: string | null; team: string | null },
    why: string,
  ): void {
    const { name, channel, team } = procedure
    const key = `${team} ${channel} ${why}`
    if (known.has(key)) return
    known.add(key)
    log.error(
      { channel, team, why, procedure: name },
      `Slack does not let the bot write to channel ${channel ?? 'none'}: ${why}. ${remedy(why)} Until then its messages wait.`,
    )
  }

  /** Once for each rollout and reason, whichever process comes to it. */
  async function tellOwner(workspace: Workspace, view: RolloutView, why: string): Promise<void> {
    const { owner } = view
    if (!isKnownToSlack(owner)) return
    const key = `locked-out:${view.id}:${why}`
    try {
      await store.posts.exclusively(key, async () => {
        if (await store.posts.find(key)) return
        const text = notice(view, (await trouble(workspace, view)) ?? remedy(why))
        const message = { text: messageText(text), blocks: [section('locked-out', text)] }
        const place = await post(workspace.clients.background, owner.id, message)
        await store.posts.save(key, { ...place, contentHash: contentHash(message), updatedAt: now() })
      })
    } catch (error) {
      log.warn(
        { owner: owner.id, why: slackFailure(error).why },
        'an owner could not be told that a card waits',
      )
    }
  }

  return { tell, log: logged }
}

/** What is wrong with the first of its channels that has something wrong. */
async function trouble(workspace: Workspace, view: RolloutView): Promise<string | null> {
  for (const channel of new Set([view.procedure.channel, view.alerts.channel])) {
    const state = channel === null ? null : await channelState(workspace, channel)
    if (state !== null) return state
  }
  return null
}

function notice(view: RolloutView, whatToDo: string): Markup {
  const build = `${oneLine(view.procedure.name, 80)} ${oneLine(view.deployment.version, 60)}`
  return markup`Slack does not let Firstpass post about your rollout of ${build}. ${whatToDo} Its messages wait until then; ${link(view.url, 'its page')} shows everything meanwhile.`
}

function remedy(why: string): string {
  if (why === 'not_in_channel' || why === 'channel_not_found')
    return 'Invite the bot to the channel or correct the procedure’s channel.'
  if (why === 'is_archived' || why === 'is_inactive')
    return 'Unarchive the channel or give the procedure another one.'
  if (why === 'the app is not installed in its workspace')
    return 'Install the app there, or correct the procedure’s channel.'
  return 'Check the bot token and its scopes.'
}
