// A person clicks a button or chooses something, in a message, a modal or the App Home.
import { messagePayload } from '../api/message-payload.ts'
import { viewPayload } from '../api/view-payload.ts'
import { failure, type Outcome, outcome, refused } from '../app/outcome.ts'
import { payload } from '../app/payload.ts'
import type { Block } from '../blocks/block.ts'
import { elementsOf, withChildren } from '../blocks/check-blocks.ts'
import type { Element } from '../blocks/element.ts'
import { type Entry, enteredState, isStateful, stateValues } from '../blocks/input-state.ts'
import type { User } from '../state/directory.ts'
import { withValue } from '../state/message-inputs.ts'
import type { Ephemeral, Message } from '../state/messages.ts'
import type { StateValue, StoredView } from '../state/views.ts'
import type { World } from '../state/world.ts'
import { type Acting, personIn, present } from './acting.ts'

export type ClickInput = {
  user: string
  actionId: string
  blockId?: string | undefined
  /** An option's value, an id, a date, text; for a button its value, to tell two of one action apart. */
  value?: Entry | undefined
} & ({ channel: string; ts: string } | { viewId: string })

type Action = Record<string, unknown> & { type: string }
type Found = { block: Block; element: Exclude<Element, { type: 'image' }> }

export function clicking(deps: Acting) {
  const { world } = deps

  return async function click(input: ClickInput): Promise<Outcome> {
    return 'viewId' in input ? inView(input) : inMessage(input)
  }

  async function inMessage(input: ClickInput & { channel: string; ts: string }): Promise<Outcome> {
    const at = present(world, input.user, input.channel)
    if ('absent' in at) return at.absent
    const message = visibleMessage(world, input.user, at.place.id, input.ts)
    if (!message) return refused(`there is no message ${input.ts} in ${input.channel}`)
    const here = { user: at.user.id, channel: at.place.id, ts: message.ts }
    const offered = world.messageInputs.offered(here, input.actionId)
    const acted = actionOf(allBlocks(message), input, offered, world)
    if ('refusal' in acted) return acted.refusal
    if (acted.state) {
      const { block_id, action_id } = acted.action
      world.messageInputs.enter(here, String(block_id), String(action_id), acted.state)
    }
    world.notices.clear(here)
    const isEphemeral = 'is_ephemeral' in message
    const triggerId = world.triggers.issue(at.user.id, { channel: at.place.id })
    const answer = await deps.app.interaction({
      ...payload('block_actions', at.user, world.team),
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: at.place.id,
        is_ephemeral: isEphemeral,
        ...(message.thread_ts && { thread_ts: message.thread_ts }),
      },
      trigger_id: triggerId,
      channel: { id: at.place.id, name: at.place.name },
      // Slack does not keep ephemeral messages, so it cannot send them along.
      ...(!isEphemeral && { message: messagePayload(message, world.team) }),
      state: {
        values: stateValues(allBlocks(message), world.messageInputs.of(here)),
      },
      response_url: world.responseUrls.issue({
        user: at.user.id,
        channel: at.place.id,
        threadTs: message.thread_ts,
        original: { ts: message.ts, ephemeral: isEphemeral },
      }),
      actions: [acted.action],
    })
    const failed = failure(answer)
    if (failed) world.notices.show({ ...here, text: failed.says })
    return outcome(answer, triggerId)
  }

  async function inView(input: ClickInput & { viewId: string }): Promise<Outcome> {
    const person = personIn(world, input.user)
    if ('absent' in person) return person.absent
    const view = visibleView(world, input.user, input.viewId)
    if (!view) return refused(`view ${input.viewId} is not in front of ${input.user}`)
    const acted = actionOf(view.blocks, input, offeredIn(view, input), world)
    if ('refusal' in acted) return acted.refusal
    const { block_id, action_id } = acted.action
    const values = acted.state
      ? withValue(view.values, String(block_id), String(action_id), acted.state)
      : view.values
    world.views.change(view.id, { values, notice: undefined })
    if (!acted.sends) return refused('this input does not send anything before the modal is submitted')
    const triggerId = world.triggers.issue(person.user.id, { viewId: view.id })
    const answer = await deps.app.interaction(
      viewAction(person.user, { ...view, values }, acted.action, triggerId, world),
    )
    const failed = failure(answer)
    if (failed) world.views.change(view.id, { notice: failed.says })
    return outcome(answer, triggerId)
  }
}

export function visibleMessage(
  world: World,
  user: string,
  channel: string,
  ts: string,
): Message | Ephemeral | undefined {
  const ephemeral = world.messages.findEphemeral(channel, ts)
  return ephemeral?.visibleTo === user ? ephemeral : world.messages.find(channel, ts)
}

/** The topmost modal hides the ones below. */
export function visibleView(world: World, user: string, viewId: string): StoredView | undefined {
  return [world.views.stack(user).at(-1), world.views.home(user)].find((one) => one?.id === viewId)
}

function offeredIn(view: StoredView, input: ClickInput) {
  const keys = Object.keys(view.offered).filter(
    (key) => key.endsWith(`/${input.actionId}`) && (!input.blockId || key.startsWith(`${input.blockId}/`)),
  )
  return keys.flatMap((key) => view.offered[key] ?? [])
}

function allBlocks(message: Message): Block[] {
  return [
    ...(message.blocks ?? []),
    ...Object.values(message.unfurls ?? {}).flatMap((one) => one.blocks ?? []),
  ]
}

function viewAction(user: User, view: StoredView, action: Action, triggerId: string, { team }: World) {
  return {
    ...payload('block_actions', user, team),
    container: { type: 'view', view_id: view.id },
    trigger_id: triggerId,
    view: viewPayload(view, team),
    actions: [action],
  }
}

function actionOf(
  blocks: Block[],
  input: ClickInput,
  offered: Parameters<typeof enteredState>[2],
  world: World,
): { action: Action; state?: StateValue; sends: boolean } | { refusal: Outcome } {
  const found = findElement(blocks, input)
  if (!found) {
    const there = blocks.flatMap(elementsOf).flatMap((one) => ('action_id' in one ? [one.action_id] : []))
    return {
      refusal: refused(
        `there is no ${input.actionId} here (any more); there are: ${there.join(', ') || 'none'}`,
      ),
    }
  }
  const { block, element } = found
  const base = {
    type: element.type,
    block_id: block.block_id,
    action_id: element.action_id,
    action_ts: world.ids.ts(),
    ...('placeholder' in element && element.placeholder && { placeholder: element.placeholder }),
    ...('confirm' in element && element.confirm && { confirm: element.confirm }),
  }
  if (element.type === 'button') {
    const { text, value, style, url } = element
    return { action: { ...base, text, value, style, url }, sends: true }
  }
  if (element.type === 'overflow') {
    const chosen = element.options.find((option) => option.value === input.value)
    if (!chosen) return { refusal: refused(`the menu has no option ${String(input.value)}`) }
    return { action: { ...base, selected_option: chosen }, sends: true }
  }
  if (!isStateful(element)) return { refusal: refused('nothing can be chosen here') }
  const entered = enteredState(element, input.value ?? null, offered)
  if ('fault' in entered) return { refusal: refused(entered.fault) }
  const sends = block.type !== 'input' || block.dispatch_action === true
  return { action: { ...base, ...entered.state }, state: entered.state, sends }
}

function findElement(blocks: Block[], input: ClickInput): Found | undefined {
  const all = withChildren(blocks).flatMap((block) =>
    elementsOf(block).flatMap((element) => (element.type === 'image' ? [] : [{ block, element }])),
  )
  return all.find(
    ({ block, element }) =>
      element.action_id === input.actionId &&
      (input.blockId === undefined || block.block_id === input.blockId) &&
      (element.type !== 'button' || input.value === undefined || element.value === input.value),
  )
}
