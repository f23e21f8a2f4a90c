// A rollout in a few words, for where many of them stand together: on the Home, under a link, in a direct message.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { type Comparison, comparisons } from './comparison.ts'
import { join, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { overallWord } from './suspicion.ts'
import { gateTitle, observes, pauseWord, statusWords, verdictOrder } from './wording.ts'

/** "stage 2 of 4 (25 %), *active*, healthy so far" */
export function standing(view: RolloutView): Markup {
  const stage = view.stages[view.stageIndex]
  const place =
    stage === undefined
      ? []
      : [`stage ${stage.index + 1} of ${view.stages.length} (${oneLine(stage.label, 40)})`]
  return join([...place, word(view), ...gates(view)], ', ')
}

/** "First-pass yield 88.3 % vs expected 98.2 %, −9.8 points, n 60 canary / 540 base, 3 stations"; null before the start. */
export function inNumbers(view: RolloutView): string | null {
  const told = view.stageIndex < 0 ? undefined : telling(view)
  if (told === undefined) return null
  const counts = told.counts === null ? '' : `, ${told.counts}`
  if (told.canary === null) return `${gateTitle(told.name)}: no canary runs yet${counts}`
  const reference = told.reference === null ? '' : ` vs ${told.referenceWord} ${told.reference}`
  const delta = told.delta === null ? '' : `, ${told.delta}`
  return `${gateTitle(told.name)} ${told.canary}${reference}${delta}${counts}`
}

/** What holds it, at most `most` of it; null when nothing does. */
export function waitsInBrief(view: RolloutView, most: number): Markup | null {
  const open = view.readiness.items.filter((item) => !item.met).map((item) => item.text)
  const all = [...new Set([...open, ...view.waitsFor])]
  if (all.length === 0) return null
  const more = all.length > most ? ` and ${all.length - most} more` : ''
  return markup`Waits for ${join(
    all.slice(0, most).map((text) => said(text, 120)),
    '; ',
  )}${more}`
}

function word(view: RolloutView): Markup {
  const { status, pause } = view
  if (status === 'paused' && pause !== null) return markup`*${pauseWord(pause.reason).toLowerCase()}*`
  if (status === 'pending' && view.startAt !== null)
    return markup`*${statusWords.pending}*, starts ${moment(view.startAt)}`
  return markup`*${statusWords[status]}*`
}

function gates(view: RolloutView): string[] {
  return view.status === 'active' || view.status === 'paused' ? [overallWord(view.verdict)] : []
}

/** The measure of the gate that is worst off; yield while none is in trouble. */
function telling(view: RolloutView): Comparison | undefined {
  const all = comparisons(view)
  const acting = (view.verdict?.gates ?? []).filter((gate) => !observes(gate))
  const troubled = verdictOrder
    .filter((each) => each !== 'pass' && each !== 'wait')
    .flatMap((each) => acting.filter((gate) => gate.verdict === each))
  return all.find((each) => each.name === troubled[0]?.name) ?? all[0]
}
