// The forms that ask for a reason: abort, override, acknowledge. What they act on travels in their metadata.
import type { KnownBlock, ModalView } from '@slack/types'
import { abortReasons } from '../../server/domain/abort-reasons.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { type ButtonValue, writeValue } from '../button-value.ts'
import { plain, section } from './build.ts'
import { changeList } from './change-lines.ts'
import { detailLines } from './gate-lines.ts'
import { join, type Markup, markup, oneLine, said } from './markup.ts'
import { count } from './numbers.ts'
import { suspicion } from './suspicion.ts'
import { buildName } from './wording.ts'

export const modalIds = {
  abort: 'abort_reason',
  override: 'override_reason',
  acknowledge: 'acknowledge_reason',
  accept: 'accept_changes_reason',
  alarms: 'acknowledge_alarms',
  containment: 'sign_off_containment',
  start: 'start_rollout',
  config: 'rollout_config',
} as const

export const reasonBlock = 'reason'
export const choiceBlock = 'choice'

export function abortModal(view: RolloutView | null, on: ButtonValue, channel?: string): ModalView {
  const exposed = view?.stations.filter((station) =>
    ['pinned', 'pulled', 'confirmed'].includes(station.status),
  )
  const intro =
    view && exposed
      ? markup`Takes *${count(exposed.length, 'station')}* from *${buildName(view)}* back to *${oneLine(view.base.version, 60)}* at once. The build cannot be advanced again in this rollout.`
      : markup`Takes every station back to base at once.`
  return reasonModal({
    id: modalIds.abort,
    title: 'Abort the rollout',
    submit: 'Abort now',
    intro,
    choices: [...abortReasons],
    label: 'In your own words',
    optional: true,
    metadata: metadata(on, channel),
  })
}

export function overrideModal(view: RolloutView, on: ButtonValue, channel?: string): ModalView {
  const unmet = view.readiness.items.filter((item) => !item.met)
  const lines = unmet.slice(0, 12).map((item) => markup`• ${said(item.text, 180)}`)
  return reasonModal({
    id: modalIds.override,
    title: 'Not ready to advance',
    submit: 'Override and advance',
    intro: join(
      [
        markup`*${buildName(view)}* is not ready to leave stage ${view.stageIndex + 1}. Still open:`,
        ...lines,
        markup`Your override is recorded with your name, your reason and the evidence of this moment.`,
      ],
      '\n',
    ),
    label: 'Why advance all the same?',
    optional: false,
    metadata: metadata(on, channel),
  })
}

export function acknowledgeModal(view: RolloutView | null, on: ButtonValue, channel?: string): ModalView {
  const breach = view?.breaches.find((each) => each.gate === on.gate && each.closed === null)
  const headline = breach ? markup`: ${oneLine(breach.headline, 300)}` : ''
  const suspected = view && suspicion(view, breach?.suspect ?? null)
  const lines = [
    markup`*${on.gate ?? 'gate'}*${headline}`,
    ...(suspected === null ? [] : [markup`*${suspected}*`]),
    markup`${breach?.mode === 'observe' ? observedNote : stoppedNote}`,
    ...detailLines(breach?.details ?? [], 10),
  ]
  return reasonModal({
    id: modalIds.acknowledge,
    title: 'Acknowledge a breach',
    submit: 'Acknowledge',
    intro: join(lines, '\n'),
    label: 'Why is this acceptable?',
    optional: false,
    metadata: metadata(on, channel),
  })
}

/** Covers what it lists, and nothing that is found while it is open. */
export function acceptModal(view: RolloutView | null, on: ButtonValue, channel?: string): ModalView {
  const holding = view?.changes?.list.filter(({ holds }) => holds) ?? []
  const open = holding.slice(0, mostAccepted)
  const lines =
    view === null || open.length === 0
      ? [markup`No change of limits waits to be accepted any more: look at the card as it is now.`]
      : [
          markup`*${buildName(view)}* holds units to other limits than *${oneLine(view.base.version, 60)}*, and nobody declared it:`,
          ...changeList(open, open.length, 12),
          markup`${acceptedNote}`,
        ]
  return reasonModal({
    id: modalIds.accept,
    title: 'Accept changed limits',
    submit: 'Accept',
    intro: join(lines, '\n'),
    label: 'Why are these limits right?',
    optional: false,
    metadata: metadata(on, channel, { changes: open.map(({ id }) => id) }),
  })
}

/** Ids that fit into what a form carries. */
const mostAccepted = 100
const acceptedNote = 'Your name and your reason are kept with the build. A further change asks again.'

const stoppedNote =
  'The same evidence will not stop the rollout again; new evidence will. It stays paused until somebody resumes it.'
const observedNote = 'This gate only observes: nothing waits for you. The same evidence is not told again.'

function metadata(on: ButtonValue, channel: string | undefined, more: { changes?: string[] } = {}): string {
  return JSON.stringify({ on: writeValue(on), channel: channel ?? null, ...more })
}

export function reasonModal(input: {
  id: string
  title: string
  submit: string
  intro: Markup
  choices?: string[]
  label: string
  optional: boolean
  metadata: string
}): ModalView {
  const options = (input.choices ?? []).map((choice, index) => ({
    text: plain(choice, 75),
    value: String(index),
  }))
  const [first] = options
  const choice: KnownBlock[] = first
    ? [
        {
          type: 'input',
          block_id: choiceBlock,
          label: plain('Reason', 100),
          element: { type: 'static_select', action_id: 'value', options, initial_option: first },
        },
      ]
    : []
  return {
    type: 'modal',
    callback_id: input.id,
    private_metadata: input.metadata,
    title: plain(input.title, 24),
    submit: plain(input.submit, 24),
    close: plain('Cancel', 24),
    blocks: [
      section('intro', input.intro, 2900),
      ...choice,
      {
        type: 'input',
        block_id: reasonBlock,
        optional: input.optional,
        label: plain(input.label, 100),
        element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: 1000 },
      },
    ],
  }
}
