// A card in one line, complete: it is all that a notification shows and a screen reader says.
import type { RolloutView, StageView } from '../../server/domain/rollout-view.ts'
import { messageText } from './build.ts'
import { comparisons, metricNames } from './comparison.ts'
import { oneLine, said } from './markup.ts'
import {
  buildName,
  capitalised,
  named,
  stagePlace,
  statusWords,
  verdictOrder,
  verdictWords,
} from './wording.ts'

/** "PCBA-FCT 2.4.1, stage 2 of 4: paused, first-pass yield −9.8 points (−33.6 … −0.4), 88.3 % vs expected 98.2 %, …" */
export function cardText(view: RolloutView, stage: StageView, word: string, isCurrent: boolean): string {
  const subject = `${buildName(view)}, ${stagePlace(view, stage)}: ${word}`
  return messageText(said(`${subject}${isCurrent ? currentText(view) : endedText(stage)}`, 3000))
}

function currentText(view: RolloutView): string {
  return `${judgement(view)}${numbers(view)}.${cause(view)}${asks(view)}${next(view)}`
}

function judgement(view: RolloutView): string {
  return view.status === 'active' && view.verdict !== null ? `, ${verdictWords[view.verdict.overall]}` : ''
}

/** The one measure that matters most: of the worst gate, first-pass yield when all are alike. */
function numbers(view: RolloutView): string {
  if (view.stageIndex < 0) return ''
  const gates = view.verdict?.gates ?? []
  const worst = verdictOrder.flatMap((word) => gates.filter((gate) => gate.verdict === word))[0]
  const all = comparisons(view)
  const shown = all.find((each) => each.metric === worst?.metric) ?? all[0]
  if (!shown) return ''
  const name = metricNames[shown.metric].toLowerCase()
  if (shown.canary === null) return `, ${name}: no canary runs yet`
  const bounds = shown.bounds === null ? '' : ` ${shown.bounds}`
  const delta = shown.delta === null ? '' : ` ${shown.delta}${bounds},`
  const reference = shown.reference === null ? '' : ` vs ${shown.referenceWord} ${shown.reference}`
  return `, ${name}${delta} ${shown.canary}${reference}, ${shown.counts}`
}

function cause(view: RolloutView): string {
  const made = view.abort ?? view.pause
  if (made === null) return ''
  return ` ${capitalised(statusWords[view.status])} by ${named(made.by)}: ${oneLine(made.why, 300)}.`
}

function asks(view: RolloutView): string {
  if (view.status === 'aborted' || view.status === 'completed') return ''
  const open = view.readiness.items.filter((item) => !item.met).map((item) => oneLine(item.text, 160))
  const said = view.status === 'aborting' ? view.waitsFor.map((text) => oneLine(text, 160)) : open
  return said.length === 0 ? '' : ` Waits for ${said.slice(0, 8).join('; ')}.`
}

function next(view: RolloutView): string {
  return view.next === '' ? '' : ` Next: ${oneLine(view.next, 240)}`
}

function endedText(stage: StageView): string {
  if (stage.decision === null) return ''
  const { what, by, why } = stage.decision
  const reason = why === null || why === '' ? '' : `: ${oneLine(why, 300)}`
  return `, ${oneLine(what, 120)} by ${named(by)}${reason}`
}
