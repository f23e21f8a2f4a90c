// The plan in the start form: a preset, or stages of one's own.
import type { InputBlock, PlainTextOption } from '@slack/types'
import { presetNames } from '../../server/domain/plan.ts'
import type { StartForm } from '../forms/start-form.ts'
import { plain } from './build.ts'
import { startActions, startBlocks } from './start-fields.ts'
import { input } from './start-input.ts'

export function planInputs(form: StartForm): InputBlock[] {
  return [presetInput(form), ...stagesInput(form)]
}

function presetInput(form: StartForm): InputBlock {
  const initial = presetOptions.find((option) => option.value === form.preset)
  return input(startBlocks.preset, 'Plan', {
    element: {
      type: 'static_select',
      action_id: startActions.preset,
      options: presetOptions,
      ...(initial ? { initial_option: initial } : {}),
    },
  })
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
  { text: plain('custom: stages of your own', 75), value: 'custom' },
]

function stagesInput(form: StartForm): InputBlock[] {
  if (form.preset !== 'custom') return []
  return [
    input(startBlocks.stages, 'Stages of a custom plan', {
      optional: true,
      hint: plain('Stations or percentages; the last is 100%. Press Enter to see which stations.', 150),
      element: {
        type: 'plain_text_input',
        action_id: startActions.stages,
        max_length: 200,
        placeholder: plain('1, 25%, 50%, 100%', 150),
        dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
        ...(form.stages === '' ? {} : { initial_value: form.stages }),
      },
    }),
  ]
}
