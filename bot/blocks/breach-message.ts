// A breach as its thread begins: which gate, on which numbers, build or station, what was done, who is called for what.
import type { Button } from '@slack/types'
import type { GateMetric } from '../../server/domain/gates/gate.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { drawnFor, writeValue } from '../button-value.ts'
import { actions, button, type CardBlock, type Message, messageText, section } from './build.ts'
import { abortButton, buttonIds, pageButton } from './card-buttons.ts'
import { failureActions } from './failure-lines.ts'
import { detailLines } from './gate-lines.ts'
import { join, link, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { stationName, suspicion } from './suspicion.ts'
import { type BreachOpened, endOf, type Numbered, type Severe } from './thread-events.ts'
import { endLine } from './thread-messages.ts'
import { buildName, callsFor } from './wording.ts'

export function breachMessage(view: RolloutView, breach: BreachOpened, events: Numbered[]): Message {
  const end = endOf(breach, events)
  const suspected = suspicion(view, breach.suspect)
  const first = [
    markup`*${title(breach)}: ${oneLine(breach.gate, 60)}* in ${buildName(view)}, ${moment(breach.at)}`,
    said(breach.headline, 400),
    ...(suspected === null ? [] : [markup`*${suspected}*`]),
  ]
  const details = detailLines(breach.details, 10)
  const failed = isOfFailures(view, breach) ? failureActions(view) : []
  const last = [
    markup`*Done* ${reaction(breach, events)}`,
    end === null ? asks(view, breach) : markup`Ended: ${endLine(end)}`,
  ]
  const blocks: CardBlock[] = [
    section('breach', join(first, '\n')),
    ...(details.length === 0 ? [] : [section('details', join(details, '\n'), 2500)]),
    ...(failed.length === 0
      ? []
      : [section('failures', join([markup`*What failed beyond base*`, ...failed], '\n'), 2000)]),
    section('asks', join(last, '\n')),
    actions('buttons', [...(end === null ? openButtons(view, breach) : []), pageButton(view)]),
  ]
  // Said last, the request would be cut off after many details.
  return { text: messageText(join([...first, ...last, ...failed, ...details], '\n')), blocks }
}

/** For the channel that hears of severe breaches only; who has to act is called in the thread. */
export function severeNotice(
  view: RolloutView,
  { what, gate, headline, at }: Severe,
  threadUrl: string | null,
): Message {
  const text = join(
    [
      markup`*Severe ${what}: ${oneLine(gate, 60)}* in ${buildName(view)}, ${moment(at)}`,
      said(headline, 400),
      threadUrl === null
        ? link(view.url, 'Its page')
        : join([link(threadUrl, 'Its thread'), link(view.url, 'Its page')], ' · '),
    ],
    '\n',
  )
  return { text: messageText(text), blocks: [section('severe', text)] }
}

/** A gate over telemetry or builds says nothing of how runs failed. */
function isOfFailures({ verdict }: RolloutView, { gate }: BreachOpened): boolean {
  const metric = verdict?.gates.find(({ name }) => name === gate)?.metric
  return metric !== undefined && ofFailures.includes(metric)
}

const ofFailures: GateMetric[] = [
  'first-pass yield',
  'error rate',
  'timeout rate',
  'error budget',
  'new failure mode',
]

function title(breach: BreachOpened): string {
  const severe = breach.severity === 'severe'
  if (breach.mode === 'observe') return severe ? 'Observed severe breach' : 'Observed breach'
  return severe ? 'Severe breach' : 'Breach'
}

/** The protective reaction is decided with the breach, so it carries the same moment. */
function reaction(breach: BreachOpened, events: Numbered[]): string {
  if (breach.mode === 'observe') return 'nothing was stopped: this gate only observes.'
  const together = events.filter((event) => event.sequence > breach.sequence && event.at === breach.at)
  if (together.some((event) => event.type === 'RolloutAborted'))
    return 'rolled back: every station goes back to base.'
  if (together.some((event) => event.type === 'RolloutPaused'))
    return 'paused: no further station gets the build; stations that have it keep it.'
  return 'nothing more was stopped: the rollout had stopped already.'
}

/** Who is asked for what. A gate that only observes calls nobody. */
function asks(view: RolloutView, breach: BreachOpened): Markup {
  if (breach.mode === 'observe')
    return markup`It holds nothing up. Acknowledge it with a reason once it is understood.`
  const look = breach.suspect?.isSuspected
    ? `look at ${stationName(view, breach.suspect.stationId)} first. Then `
    : ''
  return markup`${callsFor(view)}: ${look}acknowledge it with a reason, or abort.`
}

function openButtons(view: RolloutView, breach: BreachOpened): Button[] {
  const value = writeValue(drawnFor(view, breach.gate))
  const acknowledge = button({
    actionId: buttonIds.acknowledge,
    label: 'Acknowledge…',
    description: `Acknowledge the ${breach.gate} breach of ${buildName(view)}: asks for a reason`,
    value,
  })
  const retest = button({
    actionId: buttonIds.retest,
    label: 'Ask for retest',
    description: `List units of ${buildName(view)} to be tested again on the other build`,
    value,
  })
  return [
    acknowledge,
    ...(breach.mode === 'observe' ? [] : [abortButton(view)]),
    ...(canPair(view) ? [retest] : []),
  ]
}

/** A retest takes a failed unit of each build, at a site with a station of each. */
function canPair({ status, stations, canaryArm, baseArm }: RolloutView): boolean {
  if (status !== 'active' && status !== 'paused') return false
  const sites = (words: string[]) =>
    new Set(stations.filter((station) => words.includes(station.status)).map((station) => station.site))
  const base = sites(['queued', 'reverted'])
  const bothFailed = canaryArm.passed < canaryArm.units && baseArm.passed < baseArm.units
  return bothFailed && [...sites(['confirmed'])].some((site) => base.has(site))
}
