// The card of one stage: what is rolled out, how it does against base, what it waits for, and the buttons to decide.
import { attemptWords } from '../../server/domain/attempt-rule.ts'
import type { RolloutView, StageView } from '../../server/domain/rollout-view.ts'
import {
  actions,
  type CardBlock,
  type CardPicture,
  context,
  fields,
  header,
  type Message,
  picture,
  section,
} from './build.ts'
import { cardButtons, pageButton } from './card-buttons.ts'
import { cardState } from './card-state.ts'
import { cardText } from './card-text.ts'
import { changeLines } from './change-lines.ts'
import { comparisonField, comparisons } from './comparison.ts'
import { comparisonTable } from './comparison-table.ts'
import { durationField } from './duration-field.ts'
import { failureLine } from './failure-lines.ts'
import { findings, otherGates } from './gate-lines.ts'
import { join, type Markup, markup, moment, oneLine } from './markup.ts'
import { stakeLines } from './stake.ts'
import { stationLines } from './stations.ts'
import { buildName, called, named, stagePlace, statusWords } from './wording.ts'

/**
 * Draws the card of `stageIndex`. Live numbers stand only on the card of the stage the rollout is in: an ended stage
 * keeps its decision and does not change any more.
 */
export function rolloutCard(
  view: RolloutView,
  stageIndex: number,
  options: { buttons?: boolean; picture?: CardPicture | null } = {},
): Message {
  const stage = view.stages[stageIndex]
  if (!stage) return unknownStage(view, stageIndex)
  const isCurrent = stageIndex === Math.max(0, view.stageIndex)
  const word = isCurrent ? statusWords[view.status] : endedWord(stage)
  const buttons = options.buttons !== false && isCurrent ? cardButtons(view) : [pageButton(view)]
  const stake = isCurrent ? stakeLines(view) : []
  const changed = isCurrent ? changeLines(view) : []
  const first: CardBlock[] = [
    header('title', `${buildName(view)} · ${stagePlace(view, stage)} · ${word}`),
    section('state', cardState(view, stage, isCurrent)),
    ...(stake.length === 0 ? [] : [section('stake', join(stake, '\n'), 900)]),
    ...(changed.length === 0 ? [] : [section('changes', join(changed, '\n'), 1200)]),
  ]
  const last: CardBlock[] = [
    context('build', buildLines(view)),
    context('who', whoLine(view, stage)),
    actions('buttons', buttons),
  ]
  const text = cardText(view, stage, word, isCurrent)
  const pictures = options.picture ? [picture(options.picture)] : []
  if (!isCurrent || view.stageIndex < 0) {
    const middle = isCurrent ? [section('stations', stationLines(view, -1))] : []
    const blocks = [...first, ...middle, ...last]
    return {
      text,
      blocks,
      ...(pictures.length > 0 && { richer: [[...first, ...middle, ...pictures, ...last]] }),
    }
  }
  const { found, inFields, inTable, after } = evidence(view, stageIndex)
  const drawn = (numbers: CardBlock, shown: CardBlock[]) => [
    ...first,
    ...found,
    numbers,
    ...shown,
    ...after,
    ...last,
  ]
  return {
    text,
    blocks: drawn(inFields, []),
    richer: [
      ...(pictures.length > 0 ? [drawn(inTable, pictures), drawn(inFields, pictures)] : []),
      drawn(inTable, []),
    ],
  }
}

/** The same numbers twice: in a table, and in fields for who has no tables. */
function evidence(view: RolloutView, stageIndex: number) {
  const all = comparisons(view)
  const [yields, errors, timeouts, ...others] = all
  const standing = [yields, errors, timeouts].flatMap((each) => (each ? [comparisonField(each)] : []))
  const measures = [...standing, durationField(view), ...others.map(comparisonField)]
  const found = findings(view)
  const small = otherGates(view, Math.max(0, measures.length - mostMeasures))
  return {
    found: found.length === 0 ? [] : [section('findings', join(found, '\n'))],
    inFields: fields('numbers', measures.slice(0, mostMeasures), 320),
    inTable: comparisonTable(view, all, mostMeasures),
    after: [
      ...failureLine(view).map((line) => section('failures', line, 700)),
      section('stations', stationLines(view, stageIndex), 1200),
      ...(small.length === 0 ? [] : [context('gates', [join(small, '\n')], 900)]),
    ],
  }
}

/** On a phone they stand one under the other. */
const mostMeasures = 8

function buildLines(view: RolloutView): Markup[] {
  const { deployment, base, procedure } = view
  const branch = deployment.branch === null ? '' : ` on ${oneLine(deployment.branch, 60)}`
  return [
    markup`Build *${oneLine(deployment.version, 40)}*, commit ${shortSha(deployment.sha)}${branch} by ${oneLine(deployment.author, 60)}: ${oneLine(firstLine(deployment.message), 120)}`,
    markup`Base *${oneLine(base.version, 40)}*, commit ${shortSha(base.sha)}`,
    // The usual rule needs no word; the other gives other numbers.
    ...(procedure.attemptRule === 'day' ? [markup`${attemptWords('day').note}`] : []),
  ]
}

function whoLine(view: RolloutView, stage: StageView): Markup[] {
  const started = stage.startedAt === null ? [] : [markup`Stage since ${moment(stage.startedAt)}`]
  const reason = view.reason === null || view.reason === '' ? [] : [markup`Why: ${oneLine(view.reason, 200)}`]
  return [
    markup`Owner ${called(view.owner)}, plan ${view.preset}, this stage ${oneLine(stage.label, 40)}`,
    ...started,
    ...reason,
  ]
}

function endedWord(stage: StageView): string {
  return { done: 'done', current: 'current', later: 'not started', skipped: 'skipped' }[stage.state]
}

function shortSha(sha: string): string {
  return oneLine(sha, 64).slice(0, 7)
}

function firstLine(message: string): string {
  return message.trim().split('\n', 1)[0] ?? ''
}

/** A plan that was shortened after this card was posted. */
function unknownStage(view: RolloutView, stageIndex: number): Message {
  const text = markup`${buildName(view)}: stage ${stageIndex + 1} is no longer part of the plan, which was last changed by ${named(view.lastDecision.by)}.`
  return {
    text: text.markup,
    blocks: [section('state', text), actions('buttons', [pageButton(view)])],
  }
}
