// The form of /rollout start. Its blocks keep their ids through every refresh, so that nothing typed is lost.
import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types'
import type { ProcedureId } from '../../server/domain/ids.ts'
import { presetNames } from '../../server/domain/plan.ts'
import { plain, section } from './build.ts'
import { type Markup, markup } from './markup.ts'
import { modalIds } from './reason-modals.ts'

export const startBlocks = {
  procedure: 'procedure',
  deployment: 'deployment',
  preset: 'preset',
  stages: 'stages',
  group: 'group',
  reason: 'reason',
} as const

export const startActions = {
  procedure: 'start_procedure',
  deployment: 'start_deployment',
  preset: 'start_preset',
  stages: 'start_stages',
  group: 'start_group',
  reason: 'start_reason',
} as const

export type StartModalInput = {
  channel: string | null
  procedure: { id: ProcedureId; name: string } | null
  preview: Markup
}

export function startModal({ channel, procedure, preview }: StartModalInput): ModalView {
  return {
    type: 'modal',
    callback_id: modalIds.start,
    private_metadata: JSON.stringify({ channel, procedureId: procedure?.id ?? null }),
    title: plain('Start a rollout', 24),
    submit: plain('Start', 24),
    close: plain('Cancel', 24),
    blocks: [...inputs(procedure), section('preview', preview, 2900)],
  }
}

/** In place of the form, for somebody who may not start a rollout. */
export function refusedModal(why: Markup): ModalView {
  return {
    type: 'modal',
    callback_id: 'refused',
    title: plain('Start a rollout', 24),
    close: plain('Close', 24),
    blocks: [section('refused', why)],
  }
}

/** A build belongs to one procedure: another procedure gets another menu, with nothing chosen. */
export function deploymentBlock(procedureId: string | null): string {
  return procedureId === null ? startBlocks.deployment : `${startBlocks.deployment}:${procedureId}`
}

function inputs(procedure: StartModalInput['procedure']): KnownBlock[] {
  const standard = presetOptions.find((option) => option.value === 'standard')
  return [
    input(startBlocks.procedure, 'Procedure', {
      dispatch_action: true,
      element: {
        type: 'external_select',
        action_id: startActions.procedure,
        min_query_length: 0,
        placeholder: plain('Which test program', 150),
        ...(procedure === null
          ? {}
          : { initial_option: { text: plain(procedure.name, 75), value: procedure.id } }),
      },
    }),
    input(deploymentBlock(procedure?.id ?? null), 'Build', {
      dispatch_action: true,
      element: {
        type: 'external_select',
        action_id: startActions.deployment,
        min_query_length: 0,
        placeholder: plain(procedure === null ? 'Choose the procedure first' : 'Which build', 150),
      },
    }),
    input(startBlocks.preset, 'Plan', {
      dispatch_action: true,
      element: {
        type: 'static_select',
        action_id: startActions.preset,
        options: presetOptions,
        ...(standard ? { initial_option: standard } : {}),
      },
    }),
    input(startBlocks.stages, 'Stages of a custom plan', {
      optional: true,
      dispatch_action: true,
      hint: plain('Stations or percentages; the last is 100%. Press Enter to see which stations.', 150),
      element: {
        type: 'plain_text_input',
        action_id: startActions.stages,
        max_length: 200,
        placeholder: plain('1, 25%, 50%, 100%', 150),
        dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
      },
    }),
    input(startBlocks.group, 'Only these sites, lines or tags', {
      optional: true,
      dispatch_action: true,
      hint: plain('Separated by commas. Empty: all stations of the procedure.', 150),
      element: {
        type: 'plain_text_input',
        action_id: startActions.group,
        max_length: 500,
        dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
      },
    }),
    input(startBlocks.reason, 'Why', {
      optional: true,
      element: {
        type: 'plain_text_input',
        action_id: startActions.reason,
        multiline: true,
        max_length: 1000,
      },
    }),
  ]
}

const presetTexts: Record<(typeof presetNames)[number], string> = {
  standard: '1 station, 25 %, 50 %, all',
  conventional: '1 %, 5 %, 25 %, 50 %, all',
  careful: '1 and 2 stations, 10 %, 25 %, 50 %, all',
  'high-risk': '0.5 %, 1 %, 5 %, 10 %, 25 %, 50 %, all',
  'two-stage': '50 %, all',
  'small-fleet': '1 station, 50 %, all',
  'hot-fix': '1 station, all, with a short soak',
}

const presetOptions: PlainTextOption[] = [
  ...presetNames.map((name) => ({ text: plain(`${name}: ${presetTexts[name]}`, 75), value: name })),
  { text: plain('custom: the stages typed below', 75), value: 'custom' },
]

function input(
  blockId: string,
  label: string,
  rest: Pick<InputBlock, 'element'> & Partial<Pick<InputBlock, 'optional' | 'dispatch_action' | 'hint'>>,
): InputBlock {
  return { type: 'input', block_id: blockId, label: plain(label, 100), ...rest }
}

export const noPreview = markup`Choose a procedure to see which stations every stage takes.`
