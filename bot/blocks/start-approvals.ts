// How many must approve, in the start form: as the settings say, or more.
import type { InputBlock } from '@slack/types'
import type { Policy } from '../../server/domain/policy.ts'
import type { StartForm } from '../forms/start-form.ts'
import { plain } from './build.ts'
import { startActions, startBlocks } from './start-fields.ts'
import { input } from './start-input.ts'

export function approvalInputs(form: StartForm, policy: Policy | null): InputBlock[] {
  const { startApprovals, stageApprovals } = startBlocks
  const ofStart = policy?.startApprovals ?? 0
  const ofStages = policy?.stageApprovals ?? 0
  const fourEyes = { text: plain('Whoever starts it may not approve it', 75), value: 'yes' }
  return [
    peopleInput(
      startApprovals,
      startActions.startApprovals,
      'Approvals before the start',
      form.startApprovals,
      ofStart,
    ),
    peopleInput(
      stageApprovals,
      startActions.stageApprovals,
      'Approvals before every advance',
      form.stageApprovals,
      ofStages,
    ),
    // Where the settings ask for four eyes nobody takes them away here.
    ...(policy?.fourEyes
      ? []
      : [
          input(startBlocks.fourEyes, 'Four eyes', {
            optional: true,
            element: {
              type: 'checkboxes',
              action_id: startActions.fourEyes,
              options: [fourEyes],
              ...(form.fourEyes ? { initial_options: [fourEyes] } : {}),
            },
          }),
        ]),
  ]
}

/** As the settings say, or more. */
function peopleInput(
  block: string,
  action: string,
  label: string,
  chosen: string,
  needed: number,
): InputBlock {
  const standard = { text: plain('As the settings say', 75), value: 'standard' }
  const more = Array.from({ length: Math.max(0, Math.min(5, mostPeople - needed)) }, (_, index) => {
    const people = needed + index + 1
    return { text: plain(peopleText(people), 75), value: String(people) }
  })
  const options = [standard, ...more]
  return input(block, label, {
    // Not in the option: Slack keeps what was chosen when another procedure is, words and all.
    hint: plain(`The settings of this procedure say: ${peopleText(needed)}.`, 150),
    element: {
      type: 'static_select',
      action_id: action,
      options,
      initial_option: options.find((option) => option.value === chosen) ?? standard,
    },
  })
}

/** The most that a plan may ask for. */
const mostPeople = 10

function peopleText(people: number): string {
  if (people === 0) return 'none'
  return people === 1 ? '1 person' : `${people} people`
}
