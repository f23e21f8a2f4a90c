// A person fills, submits or closes a modal.
import { viewPayload } from '../api/view-payload.ts'
import { failure, type Outcome, outcome, refused } from '../app/outcome.ts'
import { payload } from '../app/payload.ts'
import { elementsOf } from '../blocks/check-blocks.ts'
import { inputFaults } from '../blocks/input-faults.ts'
import { type Entry, enteredState, isStateful, stateValues } from '../blocks/input-state.ts'
import { withValue } from '../state/message-inputs.ts'
import type { StateValues, StoredView } from '../state/views.ts'
import { type Acting, personIn } from './acting.ts'
import { visibleView } from './click.ts'
import { submissionAnswer } from './submission-answer.ts'

/** By block id: the value, or the values by action id where a block has several elements. */
type EnteredValues = Record<string, Entry | Record<string, Entry>>
export type SubmitInput = { user: string; viewId: string; values?: EnteredValues | undefined }

export function modals(deps: Acting) {
  const { world } = deps

  /** Keeps what was entered in the modal in front or in the Home, for a block_actions or a later submission. */
  function fill(input: SubmitInput): Outcome | StoredView {
    const view = visibleView(world, input.user, input.viewId)
    if (!view) return refused(`view ${input.viewId} is not in front of ${input.user}`)
    const filled = filledValues(view, input.values ?? {})
    if ('fault' in filled) return refused(filled.fault)
    world.views.change(view.id, { values: filled.values })
    return { ...view, values: filled.values }
  }

  async function submit(input: SubmitInput): Promise<Outcome> {
    const person = personIn(world, input.user)
    if ('absent' in person) return person.absent
    const view = fill(input)
    if ('ok' in view) return view
    if (view.type === 'home') return refused('a Home is not submitted')
    if (!view.submit) return refused('this modal has no submit button')
    const errors = inputFaults(view.blocks, stateValues(view.blocks, view.values))
    world.views.change(view.id, { errors, notice: undefined })
    if (Object.keys(errors).length > 0) return refused('the modal has inputs at fault', errors)
    const triggerId = world.triggers.issue(person.user.id, { viewId: view.id })
    const answer = await deps.app.interaction({
      ...payload('view_submission', person.user, world.team),
      trigger_id: triggerId,
      view: viewPayload(view, world.team),
      response_urls: responseUrlsOf(view),
    })
    const failed = failure(answer)
    if (failed) {
      world.views.change(view.id, { notice: 'We had some trouble connecting. Try again?' })
      return { ok: false, ...failed, triggerId }
    }
    const ended = outcome(answer, triggerId)
    return ended.ok ? submissionAnswer(view, ended, world) : ended
  }

  /** `clear` closes the whole stack, as the cross in the corner of a pushed modal does. */
  async function close(input: { user: string; viewId: string; clear?: boolean }): Promise<Outcome> {
    const person = personIn(world, input.user)
    if ('absent' in person) return person.absent
    const view = world.views.stack(input.user).at(-1)
    if (view?.id !== input.viewId) return refused(`view ${input.viewId} is not in front of ${input.user}`)
    const cleared = input.clear === true || view.clear_on_close === true
    const closed = cleared ? world.views.stack(input.user) : [view]
    if (cleared) world.views.closeAll(input.user)
    else world.views.close(view)
    const notified = closed.filter((one) => one.notify_on_close)
    const answers = await Promise.all(
      notified.map((one) =>
        deps.app.interaction({
          ...payload('view_closed', person.user, world.team),
          view: viewPayload(one, world.team),
          is_cleared: cleared,
        }),
      ),
    )
    return answers[0] ? outcome(answers[0]) : { ok: true, ackMs: 0, body: undefined }
  }

  function responseUrlsOf(view: StoredView) {
    const values = stateValues(view.blocks, view.values)
    return view.blocks.flatMap((block) =>
      elementsOf(block).flatMap((element) => {
        if (!('response_url_enabled' in element) || !element.response_url_enabled) return []
        const blockId = block.block_id ?? ''
        const actionId = element.action_id ?? ''
        const value = values[blockId]?.[actionId]
        const channel = value?.selected_conversation ?? value?.selected_channel
        if (typeof channel !== 'string') return []
        const response_url = world.responseUrls.issue({ user: view.user, channel })
        return [{ block_id: blockId, action_id: actionId, channel_id: channel, response_url }]
      }),
    )
  }

  return { fill, submit, close }
}

function filledValues(view: StoredView, entered: EnteredValues): { values: StateValues } | { fault: string } {
  let values = view.values
  for (const [blockId, entry] of Object.entries(entered)) {
    const block = view.blocks.find((one) => one.block_id === blockId)
    const elements = block ? elementsOf(block).filter(isStateful) : []
    if (elements.length === 0) return { fault: `the modal has no input ${blockId}; it has ${inputIds(view)}` }
    const isByAction = entry !== null && typeof entry === 'object' && !Array.isArray(entry)
    const byAction = isByAction ? entry : { [elements[0]?.action_id ?? '']: entry }
    for (const [actionId, value] of Object.entries(byAction)) {
      const element = elements.find((one) => one.action_id === actionId)
      if (!element) return { fault: `block ${blockId} has no ${actionId}` }
      const state = enteredState(element, value, view.offered[`${blockId}/${actionId}`] ?? [])
      if ('fault' in state) return { fault: `${blockId}: ${state.fault}` }
      values = withValue(values, blockId, actionId, state.state)
    }
  }
  return { values }
}

function inputIds(view: StoredView): string {
  const ids = view.blocks.filter((block) => elementsOf(block).some(isStateful)).map((block) => block.block_id)
  return ids.join(', ') || 'none'
}
