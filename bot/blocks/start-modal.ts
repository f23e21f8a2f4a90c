// The form of /rollout start: what is asked every time, then what few need, then what the plan would do.
import type { ActionsBlock, InputBlock, ModalView, PlainTextOption } from '@slack/types'
import type { DeploymentLine, ProcedureSummary } from '../../server/service.ts'
import type { CheckedStart } from '../forms/check-start.ts'
import { type StartForm, startMetadata } from '../forms/start-form.ts'
import { button, plain, section } from './build.ts'
import { type Markup, paragraphs } from './markup.ts'
import { modalIds } from './reason-modals.ts'
import { startActions, startBlocks } from './start-fields.ts'
import { input } from './start-input.ts'
import { expectationInputs, moreInputs, startAtInput } from './start-more.ts'
import { planInputs } from './start-plan.ts'

/** `summary`: lines that say what the plan would do. */
export function startModal(form: StartForm, checked: CheckedStart, summary: Markup[]): ModalView {
  return {
    type: 'modal',
    callback_id: modalIds.start,
    private_metadata: startMetadata(form),
    title: plain('Start a rollout', 24),
    submit: plain('Start', 24),
    close: plain('Cancel', 24),
    blocks: [
      procedureInput(checked.procedure),
      buildInput(checked),
      ...replacesInput(form, checked),
      ...planInputs(form),
      reasonInput(form),
      ...(form.drawn.more ? moreInputs(form, checked) : foldedInputs(form, checked)),
      ...buttons(form, checked),
      ...paragraphs(summary, 2900).map((text, index) => section(`preview_${index}`, text, 3000)),
    ],
  }
}

/** In place of the form, for somebody who may not start a rollout. */
export function refusedModal(why: Markup): ModalView {
  return textModal('refused', 'Close', why)
}

/** For the moment until the procedure has been looked up. */
export function loadingModal(why: Markup): ModalView {
  return textModal('loading', 'Cancel', why)
}

function textModal(id: string, close: string, text: Markup): ModalView {
  return {
    type: 'modal',
    callback_id: id,
    title: plain('Start a rollout', 24),
    close: plain(close, 24),
    blocks: [section(id, text)],
  }
}

function procedureInput(procedure: ProcedureSummary | null): InputBlock {
  return input(startBlocks.procedure, 'Procedure', {
    element: {
      type: 'external_select',
      action_id: startActions.procedure,
      min_query_length: 0,
      placeholder: plain('Which test program', 150),
      ...(procedure === null ? {} : { initial_option: procedureOption(procedure) }),
    },
  })
}

function buildInput({ procedure, deployment }: CheckedStart): InputBlock {
  return input(startBlocks.deployment(procedure?.id ?? null), 'Build', {
    element: {
      type: 'external_select',
      action_id: startActions.deployment,
      min_query_length: 0,
      placeholder: plain(procedure === null ? 'Choose the procedure first' : 'Which build', 150),
      ...(deployment === null ? {} : { initial_option: buildOption(deployment) }),
    },
  })
}

export function procedureOption({ id, name }: Pick<ProcedureSummary, 'id' | 'name'>): PlainTextOption {
  return { text: plain(name, 75), value: id }
}

export function buildOption(line: DeploymentLine): PlainTextOption {
  const message = line.message.trim().split('\n', 1)[0] ?? ''
  return {
    text: plain(`${line.version} (${line.sha.slice(0, 7)}) ${message}`, 75),
    value: line.id,
    description: plain(line.notEligible ?? aborted(line) ?? `${line.environment}, by ${line.author}`, 75),
  }
}

/** It may be started again, by somebody who knows how it ended. */
function aborted({ aborted: abort }: DeploymentLine): string | null {
  return abort && `aborted on ${abort.on}: ${abort.why}`
}

/** Null while nothing stands in the way of a start. */
function replacesInput({ replaces }: StartForm, { procedure }: CheckedStart): InputBlock[] {
  const live = procedure?.live
  if (!live || live.status === 'aborting') return []
  const option = {
    text: plain(`Replace the rollout of ${live.deployment.version}`, 75),
    description: plain('Its stations go back to base at once, and this build begins at stage 1.', 75),
    value: live.id,
  }
  return [
    input(startBlocks.replaces(live.id), 'A rollout is live', {
      optional: true,
      element: {
        type: 'checkboxes',
        action_id: startActions.replaces,
        options: [option],
        ...(replaces === live.id ? { initial_options: [option] } : {}),
      },
    }),
  ]
}

function reasonInput(form: StartForm): InputBlock {
  return input(startBlocks.reason, 'Why', {
    optional: true,
    element: {
      type: 'plain_text_input',
      action_id: startActions.reason,
      multiline: true,
      max_length: 1000,
      ...(form.reason === '' ? {} : { initial_value: form.reason.slice(0, 1000) }),
    },
  })
}

/** A start that would be refused now needs a moment to start at; what was declared is shown, and may be changed. */
function foldedInputs(form: StartForm, { preview, declared }: CheckedStart): InputBlock[] {
  const isClosed = form.startAt !== null || (preview !== null && preview.closedBecause !== null)
  return [
    ...(declared.build === null ? [] : expectationInputs(declared)),
    ...(isClosed ? [startAtInput(form)] : []),
  ]
}

function buttons(form: StartForm, { preview }: CheckedStart): ActionsBlock[] {
  const suggested = preview?.canaries.suggested ?? []
  const value = suggested.map(({ id }) => id).join(',')
  const elements = [
    ...(form.drawn.more
      ? []
      : [
          button({
            actionId: startActions.more,
            label: 'More settings',
            description: 'Show expectation, group, canaries, approvals and start time',
          }),
        ]),
    ...(suggested.length === 0 || value.length > 2000
      ? []
      : [
          button({
            actionId: startActions.suggested,
            label: 'Use the suggested canaries',
            description: 'Pick the canaries that stand for more of the fleet',
            value,
          }),
        ]),
  ]
  return elements.length === 0 ? [] : [{ type: 'actions', block_id: startBlocks.buttons, elements }]
}
