// The card of one stage: what is rolled out, how it does against base, what it waits for, and the buttons to decide.
import type { RolloutView, StageView } from '../../server/domain/rollout-view.ts'
import { actions, type CardBlock, context, fields, header, type Message, section } from './build.ts'
import { cardButtons, pageButton } from './card-buttons.ts'
import { cardState } from './card-state.ts'
import { cardText } from './card-text.ts'
import { comparisonField, comparisons } from './comparison.ts'
import { durationField } from './duration-field.ts'
import { findings, otherGates } from './gate-lines.ts'
import { join, type Markup, markup, moment, oneLine } from './markup.ts'
import { stationLines } from './stations.ts'
import { buildName, called, named, stagePlace, statusWords } from './wording.ts'

/**
 * Draws the card of `stageIndex`. Live numbers stand only on the card of the stage the rollout is in: an ended stage
 * keeps its decision and does not change any more.
 */
export function rolloutCard(view: RolloutView, stageIndex: number, options = { buttons: true }): Message {
  const stage = view.stages[stageIndex]
  if (!stage) return unknownStage(view, stageIndex)
  const isCurrent = stageIndex === Math.max(0, view.stageIndex)
  const word = isCurrent ? statusWords[view.status] : endedWord(stage)
  const title = `${buildName(view)} · ${stagePlace(view, stage)} · ${word}`
  const buttons = options.buttons && isCurrent ? cardButtons(view) : [pageButton(view)]
  const blocks: CardBlock[] = [
    header('title', title),
    section('state', cardState(view, stage, isCurrent)),
    ...(isCurrent ? evidence(view, stageIndex) : []),
    context('build', buildLines(view)),
    context('who', whoLine(view, stage)),
    actions('buttons', buttons),
  ]
  return { text: cardText(view, stage, word, isCurrent), blocks }
}

function evidence(view: RolloutView, stageIndex: number): CardBlock[] {
  if (view.stageIndex < 0) return [section('stations', stationLines(view, -1))]
  const [yields, errors, timeouts, ...others] = comparisons(view)
  const standing = [yields, errors, timeouts].flatMap((each) => (each ? [comparisonField(each)] : []))
  const measures = [...standing, durationField(view), ...others.map(comparisonField)]
  const found = findings(view)
  const small = otherGates(view, Math.max(0, measures.length - mostMeasures))
  return [
    ...(found.length === 0 ? [] : [section('findings', join(found, '\n'))]),
    fields('numbers', measures.slice(0, mostMeasures)),
    section('stations', stationLines(view, stageIndex)),
    ...(small.length === 0 ? [] : [context('gates', [join(small, '\n')], 900)]),
  ]
}

/** On a phone they stand one under the other. */
const mostMeasures = 8

function buildLines(view: RolloutView): Markup[] {
  const { deployment, base } = view
  const branch = deployment.branch === null ? '' : ` on ${oneLine(deployment.branch, 60)}`
  return [
    markup`Build *${oneLine(deployment.version, 40)}*, commit ${shortSha(deployment.sha)}${branch} by ${oneLine(deployment.author, 60)}: ${oneLine(firstLine(deployment.message), 120)}`,
    markup`Base *${oneLine(base.version, 40)}*, commit ${shortSha(base.sha)}`,
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
