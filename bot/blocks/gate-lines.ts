// What every gate says, in as few lines as it needs: trouble in full, the rest by name or number.
import { moreNeeded } from '../../server/domain/gate-reading.ts'
import type { GateVerdict, VerdictWord } from '../../server/domain/gates/verdict.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { isCounted } from './comparison.ts'
import { join, type Markup, markup, said, shortened } from './markup.ts'
import { budgetShare, count, listed } from './numbers.ts'
import { blindness, suspicion } from './suspicion.ts'
import { gateTitle, gateWord, observes, verdictOrder, verdictWords } from './wording.ts'

/** Lines for what a person should look at, worst first: breaches, grey gates, conditions that do not hold. */
export function findings(view: RolloutView): Markup[] {
  const gates = inOrder(view).filter(isFinding)
  const blind = view.verdict?.overall === 'blind' ? null : blindness(view.verdict)
  return [...gates.map((gate) => finding(view, gate)), ...(blind === null ? [] : [markup`*${blind}*`])]
}

/** The others in small print: none is hidden, none takes a line of its own. */
export function otherGates(view: RolloutView, moreMeasures: number): Markup[] {
  const gates = inOrder(view)
  const quiet = gates.filter((gate) => !isFinding(gate))
  const passing = quiet.filter((gate) => gate.verdict === 'pass').length
  const further = passing < gates.length ? 'further ' : ''
  return [
    ...named('Blind', quiet, 'blind'),
    ...named('No data yet', quiet, 'no data'),
    ...named('Not enough evidence yet', quiet, 'wait'),
    ...(passing === 0 ? [] : [markup`${count(passing, `${further}gate`)} healthy so far`]),
    ...(moreMeasures === 0 ? [] : [markup`${count(moreMeasures, 'more measure')} on the page`]),
  ]
}

/** One line for each gate with its word, for who asks why. */
export function gateWords(view: RolloutView): Markup[] {
  // A name of signs that have to be escaped is five times as long.
  return inOrder(view).map(
    (gate) =>
      markup`${shortened(markup`${title(gate)}`, 150)}: *${verdictWords[gate.verdict]}*${waitsForMore(gate)}`,
  )
}

/** "alarm budget 5 %: first-pass yield 1.5 %, …": the chance of ever stopping a healthy rollout. */
export function alarmBudget(view: RolloutView): Markup | null {
  const { verdict } = view
  const takers = verdict?.gates.filter((gate) => gate.alpha > 0) ?? []
  if (verdict === null || takers.length === 0) return null
  const parts = takers.map((gate) => `${gateWord(gate.name)} ${budgetShare(gate.alpha)}`)
  return markup`alarm budget ${budgetShare(verdict.alarmBudget)}: ${parts.join(', ')}`
}

/** What the gate's sentence says beside its name, which stands before it already. */
export function sentenceOf({ name, metric, headline }: GateVerdict): string {
  const rests = [name, metric].flatMap((word) =>
    headline.startsWith(word) ? [headline.slice(word.length)] : [],
  )
  const rest = rests.find((text) => /^[:,\s]/.test(text))
  return rest === undefined ? headline : rest.replace(/^[:,\s]+/, '')
}

/** The first `most` on lines of their own. */
export function detailLines(details: string[], most: number): Markup[] {
  const lines = details.slice(0, most).map((detail) => markup`• ${said(detail, 200)}`)
  const more = details.length - lines.length
  return more <= 0 ? lines : [...lines, markup`• and ${more} more on the page`]
}

function inOrder(view: RolloutView): GateVerdict[] {
  return (view.verdict?.gates ?? []).toSorted(
    (a, b) => verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict),
  )
}

/** A counted gate without a verdict yet needs nobody; a condition that does not hold always names what is missing. */
function isFinding(gate: GateVerdict): boolean {
  if (gate.verdict === 'pass') return false
  return !isCounted(gate) || ['severe', 'breach', 'grey'].includes(gate.verdict)
}

function finding(view: RolloutView, gate: GateVerdict): Markup {
  // A pause repeats the sentence of the gate that made it.
  const isSaid = view.pause?.why.includes(gate.headline) === true
  const sentence = isSaid ? markup`` : markup`, ${said(sentenceOf(gate), 220)}`
  const suspected = suspicion(view, gate.suspect)
  const lines = [
    markup`${title(gate)}: *${verdictWords[gate.verdict]}*${sentence}`,
    ...(suspected === null ? [] : [markup`*${suspected}*`]),
    ...detailLines(gate.details, 3),
  ]
  return join(lines, '\n')
}

function title(gate: GateVerdict): string {
  return `${gateTitle(gate.name)}${observes(gate) ? ' (observes)' : ''}`
}

function named(label: string, gates: GateVerdict[], word: VerdictWord): Markup[] {
  const names = gates
    .filter((gate) => gate.verdict === word)
    .map((gate) => `${title(gate)}${waitsForMore(gate)}`)
  return names.length === 0 ? [] : [markup`${label}: ${listed(names)}`]
}

/** Canary counts until a verdict at the rate seen. */
function waitsForMore(gate: GateVerdict): string {
  const more = gate.verdict === 'wait' ? moreNeeded(gate) : null
  return more === null ? '' : ` (${more})`
}
