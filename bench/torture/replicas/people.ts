// People who press the buttons of cards in Slack, and send the forms that open, whatever state things are in.
import { setTimeout as pause } from 'node:timers/promises'
import { elementsOf } from '../../../demo/slack/blocks/check-blocks.ts'
import type { Message } from '../../../demo/slack/state/messages.ts'
import type { SlackWorkspace } from '../../../demo/slack/workspace.ts'
import { type Random, randomFrom } from '../../calibrate/random.ts'

export type People = {
  presses(): number
  /** From now on nobody pauses, and only builds that are bad are aborted. */
  finish(): void
  stop(): Promise<void>
}

/** How often each is pressed, where the card has it. */
const weights: Record<string, number> = {
  advance: 6,
  resume: 5,
  pause: 1.5,
  abort: 0.4,
  acknowledge: 1,
}
const finishing: Record<string, number> = { advance: 6, resume: 6, pause: 0, abort: 0, acknowledge: 1 }

type Button = { message: Message; actionId: string; build: string }

/** @param options.isBad builds that somebody who is to finish takes back. */
export function people(
  slack: SlackWorkspace,
  options: {
    users: string[]
    channel: string
    seed: number
    restMs: number
    isBad: (build: string) => boolean
  },
): People {
  const { users, channel, seed, restMs, isBad } = options
  let presses = 0
  let isFinishing = false
  let isStopped = false

  async function act(user: string): Promise<void> {
    const random = randomFrom(seed, user)
    while (!isStopped) {
      await pause(restMs * (0.5 + random()))
      for (const view of slack.views(user)) await slack.closeView({ user, viewId: view.id })
      const button = chosen(buttons(), random)
      if (button === undefined) continue
      presses += 1
      const { ts } = button.message
      const pressed = await slack.click({ user, channel, ts, actionId: button.actionId })
      if (!pressed.ok) continue
      const form = await opened(user)
      if (form === undefined) continue
      presses += 1
      await slack.submitView({ user, viewId: form, values: { reason: 'tortured' } })
    }
  }

  function buttons(): Button[] {
    const messages = slack.messages(channel)
    const threads = messages.flatMap(({ ts, reply_count }) =>
      reply_count === undefined ? [] : slack.thread(channel, ts).slice(1),
    )
    // Those of long ago have lost theirs, or should have: they are pressed as well.
    return [...messages, ...threads].flatMap((message) =>
      (message.blocks ?? []).flatMap(elementsOf).flatMap((element) => {
        if (element.type !== 'button' || element.action_id === undefined) return []
        const build = /"d":"([^"]+)"/.exec(String(element.value))?.[1] ?? ''
        return element.action_id in weights ? [{ message, actionId: element.action_id, build }] : []
      }),
    )
  }

  function chosen(all: Button[], random: Random): Button | undefined {
    const weigh = ({ actionId, build }: Button) => {
      if (!isFinishing) return weights[actionId] ?? 0
      if (isBad(build)) return actionId === 'abort' ? 1 : 0
      return finishing[actionId] ?? 0
    }
    const total = all.reduce((sum, button) => sum + weigh(button), 0)
    let left = random() * total
    return all.find((button) => {
      left -= weigh(button)
      return left < 0
    })
  }

  /** Advance opens a form only when the stage is not ready, and a process that died opens none. */
  async function opened(user: string): Promise<string | undefined> {
    await slack.waitFor(() => slack.views(user).length > 0, 600).catch(() => {})
    return slack.views(user).at(-1)?.id
  }

  const all = Promise.all(users.map(act))
  all.catch(() => {})
  return {
    presses: () => presses,
    finish() {
      isFinishing = true
    },
    async stop() {
      isStopped = true
      await all
    },
  }
}
