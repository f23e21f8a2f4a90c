// A card in one line, complete: it is all that a notification shows and a screen reader says.
import type { GateVerdict } from '../../server/domain/gates/verdict.ts'
import type { RolloutView, StageView } from '../../server/domain/rollout-view.ts'
import { alarmPhrases } from './alarm-words.ts'
import { messageText } from './build.ts'
import { comparisons } from './comparison.ts'
import { failureText } from './failure-lines.ts'
import { sentenceOf } from './gate-lines.ts'
import { oneLine, said } from './markup.ts'
import { count } from './numbers.ts'
import { extraFailuresText } from './stake.ts'
import { alarmsBeside, unattributedText } from './stations.ts'
import { overallWord, suspicion } from './suspicion.ts'
import {
  buildName,
  capitalised,
  gateWord,
  named,
  observes,
  stagePlace,
  statusWords,
  verdictOrder,
} from './wording.ts'

/** "PCBA-FCT 2.4.1, stage 2 of 4: paused, first-pass yield −9.8 points (−33.6 … −0.4), 88.3 % vs expected 98.2 %, …" */
export function cardText(view: RolloutView, stage: StageView, word: string, isCurrent: boolean): string {
  const subject = `${buildName(view)}, ${stagePlace(view, stage)}: ${word}`
  return messageText(said(`${subject}${isCurrent ? currentText(view) : endedText(stage)}`, 3000))
}

function currentText(view: RolloutView): string {
  return `${judgement(view)}${numbers(view)}.${stake(view)}${unknownBuild(view)}${failed(view)}${changed(view)}${cause(view)}${alarms(view)}${stationAlarms(view)}${wayBack(view)}${asks(view)}${next(view)}`
}

function judgement(view: RolloutView): string {
  return view.status === 'active' && view.verdict !== null ? `, ${overallWord(view.verdict)}` : ''
}

/** What matters most: the worst gate's numbers, or its sentence where it has none; yield while none is in trouble. */
function numbers(view: RolloutView): string {
  if (view.stageIndex < 0) return ''
  const worst = worstGate(view.verdict?.gates ?? [])
  const suspected = suspicion(view, worst?.suspect ?? null)
  return `${measure(view, worst)}${suspected === null ? '' : `, ${suspected}`}`
}

/** What acts speaks before what only observes; none while all are well or waiting. */
function worstGate(gates: GateVerdict[]): GateVerdict | undefined {
  const troubled = verdictOrder
    .filter((word) => word !== 'pass' && word !== 'wait')
    .flatMap((word) => gates.filter((gate) => gate.verdict === word))
  return troubled.find((gate) => !observes(gate)) ?? troubled[0]
}

function measure(view: RolloutView, worst: GateVerdict | undefined): string {
  const all = comparisons(view)
  const compared = all.find((each) => each.name === worst?.name)
  if (!compared && worst)
    return `, ${gateWord(worst.name)}${observes(worst) ? ' (observes)' : ''}: ${oneLine(sentenceOf(worst), 220)}`
  const shown = compared ?? all[0]
  if (!shown) return ''
  const name = `${gateWord(shown.name)}${shown.observes ? ' (observes)' : ''}`
  if (shown.canary === null) return `, ${name}: no canary runs yet`
  const bounds = shown.bounds === null ? '' : ` ${shown.bounds}`
  const delta = shown.delta === null ? '' : ` ${shown.delta}${bounds},`
  const reference = shown.reference === null ? '' : ` vs ${shown.referenceWord} ${shown.reference}`
  const counts = shown.counts === null ? '' : `, ${shown.counts}`
  return `, ${name}${delta} ${shown.canary}${reference}${counts}`
}

/** What it costs so far and when it is decided; the moment is shown in each reader's own time. */
function stake({ economics }: RolloutView): string {
  if (economics === null) return ''
  const { extraFailures, verdictAt } = economics
  const parts = [
    ...(extraFailures === null ? [] : [`so far ${extraFailuresText(extraFailures)}`]),
    ...(verdictAt === null ? [] : [`verdict about ${new Date(verdictAt).toISOString()}`]),
  ]
  return parts.length === 0 ? '' : ` ${capitalised(parts.join(', '))}.`
}

/** What holds the stage is named with what it waits for. */
function changed({ changes }: RolloutView): string {
  if (changes === null) return ''
  const { total, undeclared, holding } = changes
  const open = undeclared === 0 ? 'all declared or accepted' : `${undeclared} not declared`
  const limits = holding === 0 ? '' : `, ${holding} of limits`
  return ` ${count(total, 'change')} of the test, ${open}${limits}.`
}

function unknownBuild(view: RolloutView): string {
  const text = unattributedText(view.unattributed)
  return text === null ? '' : ` Of an unknown build: ${text}`
}

function failed(view: RolloutView): string {
  const text = failureText(view)
  return text === null ? '' : ` Failures: ${text}.`
}

function cause(view: RolloutView): string {
  const made = view.abort ?? view.pause
  if (made === null) return ''
  return ` ${capitalised(statusWords[view.status])} by ${named(made.by)}: ${oneLine(made.why, 300)}.`
}

function alarms(view: RolloutView): string {
  const said = view.alarms.map((alarm) => `${oneLine(alarm.gate, 60)}, ${oneLine(alarm.headline, 200)}`)
  return said.length === 0 ? '' : ` Alarms of the watch: ${said.slice(0, 5).join('; ')}.`
}

function stationAlarms(view: RolloutView): string {
  const alarms = alarmsBeside(view)
  if (alarms.length === 0) return ''
  const said = alarms
    .slice(0, 5)
    .map(({ station, kind }) => `${oneLine(station.name, 40)} ${alarmPhrases[kind].one}`)
  return ` Alarms of stations: ${said.join('; ')}${alarms.length > 5 ? ` and ${alarms.length - 5} more` : ''}.`
}

function wayBack({ reverting }: RolloutView): string {
  return reverting === null ? '' : ` Way back: ${oneLine(reverting.text, 400)}.`
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
