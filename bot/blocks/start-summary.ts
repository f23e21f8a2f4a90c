// What the start form says of the plan that is being filled in: what is wrong first, then what it would do.
import type { People } from '../../server/domain/people.ts'
import { mayUse } from '../../server/domain/rights.ts'
import type { StagePreview } from '../../server/service.ts'
import type { CheckedStart } from '../forms/check-start.ts'
import type { StartForm } from '../forms/start-form.ts'
import { canaryLines } from './canaries.ts'
import { changeLines } from './change-lines.ts'
import { join, link, type Markup, markup, mention, mentionGroup, moment, oneLine, said } from './markup.ts'
import { count, points } from './numbers.ts'
import { previewLines } from './preview.ts'
import { startBlocks } from './start-fields.ts'
import { buildName, statusWords } from './wording.ts'

/** `notes`: what else whoever starts should know, such as a channel that is missing. */
export function startSummary(form: StartForm, checked: CheckedStart, notes: Markup[]): Markup[] {
  const { procedure, preview } = checked
  if (procedure === null && form.procedureId === null) return [nothingYet]
  return [
    ...notes,
    ...liveLines(form, checked),
    ...faultLines(form, checked),
    ...(preview === null ? [] : planLines(form, checked, preview)),
  ]
}

const nothingYet = markup`Choose a procedure to see which stations every stage takes.`

/** A field that nobody has come to yet is not at fault. */
function faultLines(form: StartForm, { faults }: CheckedStart): Markup[] {
  return Object.entries(faults).flatMap(([block, why]) => {
    const isEmptyYet =
      (block === startBlocks.deployment(form.procedureId) && form.deploymentId === null) ||
      (block === startBlocks.reason && form.reason === '') ||
      (block === startBlocks.procedure && form.procedureId !== null && form.replaces === null)
    return isEmptyYet ? [] : [markup`*To mend* ${said(why, 600)}`]
  })
}

function liveLines(form: StartForm, { procedure }: CheckedStart): Markup[] {
  const live = procedure?.live
  if (!live) return []
  const stage = live.stageIndex < 0 ? '' : `, stage ${live.stageIndex + 1} of ${live.stageCount}`
  const what = markup`${link(live.url, buildName(live))}, ${statusWords[live.status]}${stage}, owner ${oneLine(live.owner.name, 60)}`
  if (live.status === 'aborting') return [markup`*Still going back to base* ${what}`]
  return form.replaces === live.id
    ? [markup`*Replaces* ${what}: its stations go back to base first`]
    : [markup`*Live already* ${what}. Tick above that this one replaces it, or let it end`]
}

function planLines(form: StartForm, checked: CheckedStart, preview: StagePreview): Markup[] {
  return [
    ...closedLines(form, preview),
    ...previewLines(preview),
    ...canaryLines(preview),
    ...approvalLines(checked, preview),
    ...expectationLines(checked, preview),
    ...changeLines(preview),
  ]
}

function closedLines({ startAt }: StartForm, { closedBecause }: StagePreview): Markup[] {
  const starts = startAt === null ? [] : [markup`*Starts* ${moment(startAt)}`]
  if (closedBecause === null) return starts
  const why = said(closedBecause, 400)
  return startAt === null
    ? [markup`*No station may be taken now*: ${why}. Choose a start time, or wait`]
    : [...starts, markup`*Now* no station may be taken: ${why}`]
}

function approvalLines({ policy }: CheckedStart, { plan }: StagePreview): Markup[] {
  const perStage = [...new Set(plan.stages.slice(0, -1).map((stage) => stage.approvals))]
  const asked = [
    ...(plan.startApprovals > 0 ? [`${plan.startApprovals} before the start`] : []),
    ...perStage.filter((needed) => needed > 0).map((needed) => `${needed} before every advance`),
  ]
  if (asked.length === 0) return [markup`*Approvals* none`]
  const allowed = policy && mayUse(policy.effective.rights, 'approve')
  const not = plan.fourEyes ? ', never whoever starts it' : ''
  return [markup`*Approvals* ${asked.join(', ')}, by ${approvers(allowed)}${not}`]
}

function approvers(allowed: People | null): Markup {
  if (allowed === null) return markup`any full member of this workspace`
  const named = [...allowed.groups.map(mentionGroup), ...allowed.users.map(mention)]
  if (named.length === 0) return markup`nobody: the settings let nobody approve`
  const more = named.length > 8 ? [markup`${count(named.length - 8, 'other')}`] : []
  return join([...named.slice(0, 8), ...more], ' or ')
}

function expectationLines({ declared }: CheckedStart, { plan }: StagePreview): Markup[] {
  const change = plan.expectedYieldChange
  if (change !== 0) return [markup`*Declared* ${points(change)} of first-pass yield: the gates allow for it`]
  return /\d\s*(?:points?|pts?)\b/i.test(declared.expectation)
    ? [markup`*Words alone* change no gate: give the number of points as well where it is expected`]
    : []
}
