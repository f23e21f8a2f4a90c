// The forms that can do something in the state that is shown, in the order of the card's buttons.
import { abortReasons } from '../../../server/domain/abort-reasons.ts'
import type { RolloutView, StationView } from '../../../server/domain/rollout-view.ts'
import { takesApproval } from '../../../server/domain/takes-approval.ts'
import { counted } from '../../format/count.ts'
import { withTimes } from '../../format/instant.ts'
import { gateTitle, sentence } from '../../format/words.ts'
import { type Html, html } from '../../html.ts'
import {
  confirmField,
  type DecisionForm,
  decisionForm,
  hidden,
  reasonField,
  type Sent,
  type Written,
} from './decision-form.ts'

type Given = { isNamed: boolean; canRollBack: boolean; written: Written | null }
type Part = (view: RolloutView, given: Given) => DecisionForm[]

export function decisionForms(view: RolloutView, given: Given, sent: Sent): Html[] {
  const parts = partsOf(view)
  return parts
    .flatMap((part) => part(view, given))
    .map((form) => decisionForm(form, view, sent, given.written))
}

function partsOf({ status }: RolloutView): Part[] {
  switch (status) {
    case 'pending':
      return [approve, abort]
    case 'active':
      return [advance, approve, acknowledge, pause, set, undo, waive, abort]
    case 'paused':
      return [advance, approve, acknowledge, resume, set, undo, waive, abort]
    case 'aborting':
      return [waive]
    case 'aborted':
      return [retry]
    case 'completed':
      return [rollback]
  }
}

/** The last stage completes by itself when all it needs is there. */
const advance: Part = (view, { written }) => {
  const next = view.stages[view.stageIndex + 1]
  if (next === undefined) return []
  const unmet = view.readiness.items.filter((item) => !item.met)
  const to = `stage ${next.index + 1} (${next.label})`
  if (unmet.length === 0)
    return [
      {
        verb: 'advance',
        summary: `Advance to ${to}`,
        fields: reasonField('Why', { required: false, written: written?.why }),
        submit: 'Advance',
        tone: 'go',
      },
    ]
  return [
    {
      verb: 'override',
      summary: `Advance to ${to} although it is not ready…`,
      intro: html`<p>Still open:</p><ul>${unmet.map((item) => html`<li>${withTimes(sentence(item.text))}</li>`)}</ul><p>Your override is recorded with your name, your reason and the evidence of this moment.</p>`,
      fields: reasonField('Why advance all the same?', { required: true, written: written?.why }),
      submit: 'Override and advance',
    },
  ]
}

const approve: Part = (view, { isNamed }) => {
  if (!isNamed || !takesApproval(view)) return []
  const { needed, given } = view.approvals
  const what = view.status === 'pending' ? 'the start' : `stage ${view.stageIndex + 1}`
  return [
    {
      verb: 'approve',
      summary: `Approve ${what}`,
      intro: html`<p>${counted(needed, 'approval')} needed, ${given.length} given.${view.approvals.fourEyes && ' Whoever started the rollout may not approve it.'}</p>`,
      fields: null,
      submit: 'Approve',
      tone: 'go',
    },
  ]
}

const acknowledge: Part = (view, { written }) =>
  view.breaches
    .filter(({ closed, acknowledged }) => closed === null && acknowledged === null)
    .map((breach) => ({
      verb: 'acknowledge',
      target: breach.gate,
      summary: `Acknowledge the breach of ${gateTitle(breach.gate)}…`,
      intro: html`<p>${withTimes(sentence(breach.headline))}</p><p>The same evidence will not stop the rollout again; new evidence will.</p>`,
      fields: html`${hidden('gate', breach.gate)}${reasonField('Why is this acceptable?', { required: true, written: written?.why })}`,
      submit: 'Acknowledge',
    }))

const pause: Part = (_view, { written }) => [
  {
    verb: 'pause',
    summary: 'Pause',
    intro: html`<p>No further station gets the build; the gates keep judging.</p>`,
    fields: reasonField('Why', { required: false, written: written?.why }),
    submit: 'Pause',
  },
]

const resume: Part = (_view, { written }) => [
  {
    verb: 'resume',
    summary: 'Resume',
    fields: reasonField('Why', { required: false, written: written?.why }),
    submit: 'Resume',
    tone: 'go',
  },
]

const set: Part = (_view, { written }) => [
  {
    verb: 'set',
    summary: 'Set a share…',
    intro: html`<p>Jumps to this share of the stations.</p>`,
    fields: html`<label>Share of the stations, in percent<input name="share" inputmode="decimal" size="6" required value="${written?.share ?? ''}"></label>
<label class="check"><input type="checkbox" name="override" value="yes"${written?.override === 'yes' && html` checked`}> Although something is missing; recorded as an override</label>
${reasonField('Why', { required: true, written: written?.why })}`,
    submit: 'Set the share',
  },
]

const undo: Part = ({ stageIndex }, { written }) =>
  stageIndex < 1
    ? []
    : [
        {
          verb: 'undo',
          summary: 'Undo the last advance…',
          intro: html`<p>Takes the build from the stations of this stage that have not run it yet.</p>`,
          fields: reasonField('Why', { required: true, written: written?.why }),
          submit: 'Undo',
        },
      ]

const mostListed = 200

const waive: Part = (view, { written }) => {
  const awaited = view.stations.filter(
    ({ status, waived }) => waived === null && ['pinned', 'pulled', 'reverting'].includes(status),
  )
  if (awaited.length === 0) return []
  const silentFirst = awaited.toSorted((a, b) => Number(a.trouble === null) - Number(b.trouble === null))
  const listed = silentFirst.slice(0, mostListed)
  return [
    {
      verb: 'waive',
      summary: 'Waive a silent station…',
      intro: html`<p>Goes on without it.${listed.length < awaited.length && ` The first ${mostListed} of ${awaited.length} are listed.`}</p>`,
      fields: html`<label>Station<select name="station" required>${listed.map((station) => option(station, written?.station))}</select></label>
${reasonField('Why', { required: true, written: written?.why })}`,
      submit: 'Waive it',
    },
  ]
}

function option({ id, name, site, trouble }: StationView, chosen: string | undefined): Html {
  return html`<option value="${id}"${id === chosen && html` selected`}>${name}, ${site}${trouble !== null && ` (${trouble.kind})`}</option>`
}

const abort: Part = (view, { written }) => {
  const exposed = view.stations.filter(({ status }) => ['pinned', 'pulled', 'confirmed'].includes(status))
  return [
    {
      verb: 'abort',
      summary: 'Abort…',
      intro: html`<p>Takes ${counted(exposed.length, 'station')} back to <strong>${view.base.version}</strong> at once. The build cannot be advanced again in this rollout.</p>`,
      fields: html`<label>Reason<select name="choice">${abortReasons.map((each) => html`<option${each === written?.choice && html` selected`}>${each}</option>`)}</select></label>
${reasonField('In your own words', { required: false, written: written?.why })}
${confirmField('Take all stations back to base now')}`,
      submit: 'Abort now',
      tone: 'stop',
    },
  ]
}

const retry: Part = (view, { written }) => [
  {
    verb: 'retry',
    summary: 'Try again…',
    intro: html`<p>Makes a new rollout of ${view.deployment.version}, linked to this one, with the same plan and order of stations.</p>`,
    fields: reasonField('Why', { required: true, written: written?.why }),
    submit: 'Start again',
  },
]

const rollback: Part = (view, { canRollBack, written }) =>
  canRollBack
    ? [
        {
          verb: 'rollback',
          summary: `Roll back to ${view.base.version}…`,
          intro: html`<p>Takes all stations from ${view.deployment.version} to <strong>${view.base.version}</strong> at once, without stages. Automatic pushes stop.</p>`,
          fields: html`${reasonField('Why', { required: true, written: written?.why })}${confirmField('Take all stations back now')}`,
          submit: 'Roll back now',
          tone: 'stop',
        },
      ]
    : []
