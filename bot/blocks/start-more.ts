// The settings of a start that few need: expectation, group, canaries, approvals, start time.
import type { InputBlock, PlainTextOption } from '@slack/types'
import type { CheckedStart } from '../forms/check-start.ts'
import type { Declared } from '../forms/declared.ts'
import type { StartForm } from '../forms/start-form.ts'
import { plain } from './build.ts'
import { approvalInputs } from './start-approvals.ts'
import { startActions, startBlocks } from './start-fields.ts'
import { input } from './start-input.ts'

export function moreInputs(form: StartForm, { procedure, policy, declared }: CheckedStart): InputBlock[] {
  const effective = policy?.effective ?? null
  return [
    ...expectationInputs(declared),
    groupInput(form),
    ...(procedure === null ? [] : [pickedInput(form)]),
    progressionInput(form),
    ...approvalInputs(form, effective),
    startAtInput(form),
  ]
}

/** Seconds since 1970 in Slack's own picker: each person sees their own zone. */
export function startAtInput({ startAt }: StartForm): InputBlock {
  return input(startBlocks.startAt, 'Start time', {
    optional: true,
    hint: plain('In your own time zone. Empty: now.', 150),
    element: {
      type: 'datetimepicker',
      action_id: startActions.startAt,
      ...(startAt === null ? {} : { initial_date_time: Math.floor(startAt / 1000) }),
    },
  })
}

export function expectationInputs(declared: Declared): InputBlock[] {
  return [
    input(startBlocks.expectation(declared.build), 'What do you expect of this build?', {
      optional: true,
      hint: plain('In words, for those who watch it. It stands on the cards.', 150),
      element: {
        type: 'plain_text_input',
        action_id: startActions.expectation,
        max_length: 300,
        placeholder: plain('VCC limits tightened: expect −0.8 points in Power', 150),
        ...text(declared.expectation),
      },
    }),
    input(startBlocks.points(declared.build), 'Expected change of first-pass yield, in points', {
      optional: true,
      hint: plain('The gates allow for it: a fall that was declared is no breach. Empty: no change.', 150),
      element: {
        type: 'plain_text_input',
        action_id: startActions.points,
        max_length: 40,
        placeholder: plain('−0.8', 150),
        dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
        ...text(declared.points),
      },
    }),
  ]
}

function groupInput(form: StartForm): InputBlock {
  return input(startBlocks.group, 'Only these sites, lines or tags', {
    optional: true,
    hint: plain('Separated by commas. Empty: all stations of the procedure.', 150),
    element: {
      type: 'plain_text_input',
      action_id: startActions.group,
      max_length: 500,
      dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
      ...text(form.group),
    },
  })
}

function pickedInput(form: StartForm): InputBlock {
  const chosen = form.picked.map(({ id, name }) => ({ text: plain(name, 75), value: id }))
  return input(startBlocks.picked(form.procedureId, form.drawn.picks), 'Canaries picked by hand', {
    optional: true,
    hint: plain('They are taken first, in this order. Empty: spread over sites and lines.', 150),
    element: {
      type: 'multi_external_select',
      action_id: startActions.picked,
      min_query_length: 0,
      max_selected_items: 50,
      placeholder: plain('Which stations first', 150),
      ...(chosen.length === 0 ? {} : { initial_options: chosen.slice(0, 50) }),
    },
  })
}

const progressions: Record<StartForm['progression'], PlainTextOption> = {
  fleet: { text: plain('Every stage spread over sites and lines', 75), value: 'fleet' },
  site: { text: plain('One site after the other', 75), value: 'site' },
}

function progressionInput({ progression }: StartForm): InputBlock {
  return input(startBlocks.progression, 'Order', {
    element: {
      type: 'static_select',
      action_id: startActions.progression,
      options: Object.values(progressions),
      initial_option: progressions[progression],
    },
  })
}

function text(value: string): { initial_value?: string } {
  return value === '' ? {} : { initial_value: value }
}
