// The channel of the cards as people read it, and what they do there.
import type { Ephemeral, Message } from '../../../demo/slack/state/messages.ts'
import type { SlackWorkspace } from '../../../demo/slack/workspace.ts'

export const channelId = 'C0ROLLOUTS'
export const ines = 'U0TESTENG1'
export const marek = 'U0PROCESS1'
export const priya = 'U0LINELEAD'
export const guest = 'U0GUEST001'
/** Of a supplier's own workspace, in this channel through Slack Connect. */
export const stranger = 'U0SUPPLIER'

type Shown = Pick<Message, 'ts' | 'text' | 'blocks'>
type Pressable = { action_id: string; value?: string | undefined; url?: string | undefined }

export function channelOf(slack: SlackWorkspace) {
  const withBlock = (id: string): Message[] =>
    slack
      .messages(channelId)
      .filter((each) => each.bot_id !== undefined && each.blocks?.some(({ block_id }) => block_id === id))
  /** The cards of stages, oldest first. */
  const posts = (): Message[] => withBlock('state')
  /** What became of rollouts, said when they are over. */
  const summaries = (): Message[] => withBlock('summary')
  const repliesTo = (message: Shown): Message[] => slack.thread(channelId, message.ts).slice(1)

  function cardOf(stage: number): Message | undefined {
    return posts().find((each) => words(each).includes(`stage ${stage} of`))
  }

  /** The card of a stage, counted from one, as soon as it stands there and `holds` of it. */
  async function card(stage: number, holds: (card: Message) => boolean = () => true, ms = 30_000) {
    const there = () => {
      const found = cardOf(stage)
      return found !== undefined && holds(found)
    }
    await slack.waitFor(there, ms).catch(() => {
      throw new Error(`no such card of stage ${stage} within ${ms / 1000} s: ${holds}. ${transcript()}`)
    })
    return cardOf(stage) as Message
  }

  /** The reply in a card's thread that has these words. */
  async function reply(to: Message, text: string | RegExp, ms = 30_000): Promise<Message> {
    const find = () => repliesTo(to).find((each) => words(each).match(text))
    await slack
      .waitFor(() => find() !== undefined, ms)
      .catch(() => {
        throw new Error(`no reply with ${text} within ${ms / 1000} s. ${transcript()}`)
      })
    return find() as Message
  }

  /** What Firstpass told this person alone, as soon as it has these words. */
  async function told(user: string, text: string | RegExp, ms = 10_000): Promise<Ephemeral> {
    const find = () => slack.ephemerals(user).find((each) => words(each).match(text))
    await slack
      .waitFor(() => find() !== undefined, ms)
      .catch(() => {
        const heard = slack.ephemerals(user).map(words)
        throw new Error(`${user} was not told ${text} within ${ms / 1000} s, but ${JSON.stringify(heard)}`)
      })
    return find() as Ephemeral
  }

  const type = (user: string, text: string) => slack.command({ user, channel: channelId, text })

  function press(user: string, message: Shown, actionId: string) {
    return slack.click({ user, channel: channelId, ts: message.ts, actionId })
  }

  /** Presses Advance when the card is ready; a form that opens instead, since the gates have second thoughts, is closed. */
  async function advance(user: string, stage: number): Promise<Message> {
    for (let tries = 0; tries < 50; tries += 1) {
      await press(user, await card(stage, isReady, 60_000), 'advance')
      await slack.waitFor(() => slack.views(user).length > 0 || cardOf(stage + 1) !== undefined, 30_000)
      const [form] = slack.views(user)
      if (form === undefined) return card(stage + 1)
      await slack.closeView({ user, viewId: form.id })
    }
    throw new Error(`stage ${stage} was never ready when Advance was pressed. ${transcript()}`)
  }

  /** Presses a button that opens a form, and sends the form with these words. */
  async function pressAndSay(user: string, message: Shown, actionId: string, reason: string) {
    const pressed = await press(user, message, actionId)
    if (!pressed.ok) return pressed
    await slack.waitFor(() => slack.views(user).length > 0, 10_000)
    const viewId = slack.views(user).at(-1)?.id ?? ''
    return slack.submitView({ user, viewId, values: { reason } })
  }

  function transcript(): string {
    const lines = posts().flatMap((post) => [
      words(post),
      ...repliesTo(post).map((each) => `> ${words(each)}`),
    ])
    return `The channel says:\n${lines.join('\n')}`
  }

  return { posts, summaries, repliesTo, card, reply, told, type, press, advance, pressAndSay, transcript }
}

/** Everything a reader sees of a message: its text, and every text of its blocks. Spaces that do not break are spaces. */
export function words(message: Shown): string {
  return [message.text, ...textsIn(message.blocks)].join('\n').replaceAll('\u00a0', ' ')
}

/** The card says that all it waited for is there. */
export function isReady(card: Shown): boolean {
  return words(card).includes('*Next* Advance takes it to')
}

/** The action ids of the buttons that decide; links are none. */
export function buttons(message: Shown): string[] {
  return pressables(message).flatMap((each) => (each.url === undefined ? [each.action_id] : []))
}

export function pageLink(message: Shown): string {
  const link = pressables(message).find((each) => each.url !== undefined)?.url
  if (link === undefined) throw new Error(`the card has no link to a page: ${words(message)}`)
  return link
}

function pressables({ blocks = [] }: Shown): Pressable[] {
  return blocks.flatMap((block) =>
    block.type === 'actions' ? (block.elements as Pressable[]).filter((each) => 'action_id' in each) : [],
  )
}

function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'text' && typeof each === 'string' ? [each] : textsIn(each),
  )
}
