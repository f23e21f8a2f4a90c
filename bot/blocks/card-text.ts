// A card in one line, complete: it is all that a notification shows and a screen reader says.
import type { RolloutView, StageView } from '../../server/domain/rollout-view.ts'
import { messageText } from './build.ts'
import { comparisons, metricNames } from './comparison.ts'
import { markup, oneLine } from './markup.ts'
import { buildName, named, stagePlace, verdictOrder, verdictWords } from './wording.ts'

/** "PCBA-FCT 2.4.1, stage 2 of 4 (25 %): paused, first-pass yield −9.8 points (88.3 % vs expected 98.2 %, n 60 …)" */
export function cardText(view: RolloutView, stage: StageView, word: string, isCurrent: boolean): string {
  const subject = `${buildName(view)}, ${stagePlace(view, stage)} (${oneLine(stage.label, 40)}): ${word}`
  return messageText(markup`${subject}${isCurrent ? currentText(view) : endedText(stage)}`)
}

function currentText(view: RolloutView): string {
  const cause = view.abort ?? view.pause
  const by = cause === null ? '' : ` by ${named(cause.by)}: ${oneLine(cause.why, 300)}`
  const open = view.readiness.items.filter((item) => !item.met).map((item) => oneLine(item.text, 160))
  const asks =
    open.length === 0 || view.status === 'aborted' || view.status === 'completed'
      ? ''
      : `. Waits for ${open.slice(0, 8).join('; ')}`
  const next = view.next === '' ? '' : `. Next: ${oneLine(view.next, 240)}`
  return `${by}${numbers(view)}${asks}${next}`
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
  const judged = worst === undefined ? '' : `, ${verdictWords[worst.verdict]}`
  const bounds = shown.bounds === null ? '' : ` ${shown.bounds}`
  const delta = shown.delta === null ? '' : ` ${shown.delta}${bounds}`
  const reference = shown.reference === null ? '' : ` vs ${shown.referenceWord} ${shown.reference}`
  return `${judged}, ${name}${delta}, ${shown.canary}${reference}, ${shown.counts}`
}

function endedText(stage: StageView): string {
  if (stage.decision === null) return ''
  const { what, by, why } = stage.decision
  const reason = why === null || why === '' ? '' : `: ${oneLine(why, 300)}`
  return `, ${oneLine(what, 120)} by ${named(by)}${reason}`
}
