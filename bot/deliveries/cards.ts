// Draws the card of a stage from the rollout's current state: posted once, changed after that, only when it differs.
import type { WebClient } from '@slack/web-api'
import type { RolloutId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { DeliveryResult, Service, SlackPost, SlackPosts } from '../../server/service.ts'
import type { CardPicture, Message } from '../blocks/build.ts'
import { rolloutCard } from '../blocks/rollout-card.ts'
import { slackFailure } from '../connection/slack-failure.ts'
import type { Workspace } from '../workspaces/workspace.ts'
import type { Charts } from './charts.ts'
import { change, contentHash, type Place, post } from './messages.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { sharedRounds } from './shared-rounds.ts'

export type Cards = ReturnType<typeof createCards>
export type Drawn =
  /** `again`: it is there, and becomes better when it is drawn once more. */
  | { drawn: true; at: SlackPost; again: Wait | null }
  /** Nothing to draw, or nowhere: no such rollout, no channel, not posted and not to be posted here. */
  | { drawn: false; wait: null }
  | { drawn: false; wait: Wait }
type Wait = { seconds: number; why: string }
type Clicked = { rolloutId: RolloutId; stageIndex: number }

const nothing: Drawn = { drawn: false, wait: null }

/** Slack asks for at least this between two changes of one message. */
const gapMs = 3000
/** A crowd that clicks on one old card gets it drawn anew for all of them; one person waits for no rest. */
const redrawRests = { least: 100, most: gapMs }
/** Slack takes seconds to process a picture; one that it still refuses after this is asked for at redraws only. */
const processingMs = 60_000
const inProcess: Wait = { seconds: 5, why: 'Slack processes the chart of the card' }

export function createCards({
  service,
  posts,
  charts,
  now,
}: {
  service: Pick<Service, 'get'>
  posts: SlackPosts
  /** Absent: cards have no pictures. */
  charts?: Charts | undefined
  now: () => number
}) {
  const inTurn = oneAtATime()
  const share = sharedRounds(redrawRests)

  /** `patient`: keep Slack's gap between changes, and renew its chart. `mayPost`: post it where it is not there yet. */
  async function draw(
    client: WebClient,
    rolloutId: RolloutId,
    stageIndex: number,
    how: { patient: boolean; mayPost: boolean },
  ): Promise<Drawn> {
    const { drawn, view } = await inTurn(cardKey(rolloutId, stageIndex), () =>
      drawOne(client, rolloutId, Math.max(0, stageIndex), how),
    )
    const isCurrent = view !== null && view.stageIndex === stageIndex
    if (!drawn.drawn || !how.patient || !isCurrent || !charts) return drawn
    return (await charts.renew(client, view)) ? { ...drawn, again: inProcess } : drawn
  }

  /**
   * At once, for who clicked on it: the card that was clicked on, and the present one where that is another. Whoever clicks
   * while it is drawn shares the next drawing. Never posts: the queued delivery draws the same cards.
   */
  function redraw({ teamId, clients }: Pick<Workspace, 'teamId' | 'clients'>, on: Clicked): Promise<void> {
    const how = { patient: false, mayPost: false }
    const { rolloutId, stageIndex } = on
    return share(`${teamId} ${cardKey(rolloutId, stageIndex)}`, async () => {
      const clicked = Math.max(0, stageIndex)
      const { view } = await inTurn(cardKey(rolloutId, clicked), () =>
        drawOne(clients.interactive, rolloutId, clicked, how),
      )
      const present = Math.max(0, view?.stageIndex ?? clicked)
      if (present !== clicked) await draw(clients.interactive, rolloutId, present, how)
    })
  }

  async function drawOne(
    client: WebClient,
    rolloutId: RolloutId,
    stageIndex: number,
    how: { patient: boolean; mayPost: boolean },
  ): Promise<{ drawn: Drawn; view: RolloutView | null }> {
    const view = await service.get(rolloutId)
    if (!view) return { drawn: nothing, view: null }
    const card = await cardOf(view, stageIndex)
    const found = await posts.find(card.key)
    if (!found) return { drawn: how.mayPost ? await postCard(client, card, null) : nothing, view }
    if (found.contentHash === contentHash(messageOf(card)))
      return { drawn: { drawn: true, at: found, again: null }, view }
    const tooEarlyMs = found.updatedAt + gapMs - now()
    if (how.patient && tooEarlyMs > 0) {
      const wait = { seconds: Math.ceil(tooEarlyMs / 1000), why: 'changed a moment ago' }
      return { drawn: { drawn: false, wait }, view }
    }
    return { drawn: await changeCard(client, card, found), view }
  }

  async function cardOf(view: RolloutView, stageIndex: number): Promise<Card> {
    const picture = (await charts?.known(view.id, stageIndex)) ?? null
    return { view, stageIndex, key: cardKey(view.id, stageIndex), picture }
  }

  /** The cards of the other stages: after an advance or an undo they lose their buttons and show the decision. */
  async function drawOthers(client: WebClient, rolloutId: RolloutId, stageIndex: number): Promise<Drawn[]> {
    const view = await service.get(rolloutId)
    if (!view) return []
    const drawn: Drawn[] = []
    for (const { index } of view.stages) {
      if (index === Math.max(0, stageIndex)) continue
      const found = await posts.find(cardKey(rolloutId, index))
      if (found && found.contentHash !== contentHash(messageOf(await cardOf(view, index))))
        drawn.push(await draw(client, rolloutId, index, { patient: true, mayPost: false }))
    }
    return drawn
  }

  /** One card for however many processes. `gone`: the one that was there and was deleted. */
  async function postCard(client: WebClient, card: Card, gone: { ts: string } | null): Promise<Drawn> {
    const { channel } = card.view.procedure
    if (channel === null) return nothing
    const posted = await posts.exclusively(card.key, async (): Promise<Drawn> => {
      const found = await posts.find(card.key)
      if (found && found.ts !== gone?.ts) return { drawn: true, at: found, again: null }
      const { ts, blocks, channel: where } = await post(client, channel, messageOf(card))
      return save(card, { channel: where, ts }, blocks)
    })
    return posted ?? { drawn: false, wait: { seconds: 3, why: 'another process posts this card' } }
  }

  async function changeCard(client: WebClient, card: Card, found: SlackPost): Promise<Drawn> {
    try {
      return await save(card, found, await change(client, found, messageOf(card)))
    } catch (error) {
      if (slackFailure(error).kind === 'message gone') return postCard(client, card, found)
      throw error
    }
  }

  /** Where Slack did not take the picture, the card is remembered without: the next drawing tries again. */
  async function save(card: Card, { channel, ts }: Place, blocks: Message['blocks']): Promise<Drawn> {
    const isShown = card.picture === null || blocks.some((block) => block.type === 'image')
    const shown = messageOf(isShown ? card : { ...card, picture: null })
    const at = { channel, ts, contentHash: contentHash(shown), updatedAt: now() }
    await posts.save(card.key, at)
    const isRecent = card.picture !== null && now() - card.picture.at < processingMs
    return { drawn: true, at, again: !isShown && isRecent ? inProcess : null }
  }

  /** A thread cannot be told in any more, since the message above it was deleted: its card is posted anew. */
  async function replace(
    client: WebClient,
    rolloutId: RolloutId,
    stageIndex: number,
    gone: { ts: string },
  ): Promise<Drawn> {
    return inTurn(cardKey(rolloutId, stageIndex), async () => {
      const view = await service.get(rolloutId)
      return view ? postCard(client, await cardOf(view, Math.max(0, stageIndex)), gone) : nothing
    })
  }

  return { draw, drawOthers, redraw, replace }
}

type Card = {
  view: RolloutView
  stageIndex: number
  key: string
  picture: (CardPicture & { at: number }) | null
}

function messageOf({ view, stageIndex, picture }: Card): Message {
  return rolloutCard(view, stageIndex, { picture })
}

/** A rollout that has not started has the card of its first stage. */
export function cardKey(rolloutId: RolloutId, stageIndex: number): string {
  return `card:${rolloutId}:${Math.max(0, stageIndex)}`
}

/** The first of these that has to wait, or that becomes better by being drawn again; null when all are done. */
export function waitOf(drawn: Drawn[]): DeliveryResult | null {
  for (const each of drawn) {
    const wait = each.drawn ? each.again : each.wait
    if (wait !== null) return { delivered: false, waitSeconds: wait.seconds, why: wait.why }
  }
  return null
}
