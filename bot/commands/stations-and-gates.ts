// The verbs that settle one station or one gate: waive a silent station, acknowledge a breach.
import { type GateMetric, gateMetrics } from '../../server/domain/gates/gate.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { Service } from '../../server/service.ts'
import { join, markup } from '../blocks/markup.ts'
import { listed } from '../blocks/numbers.ts'
import { nearest } from '../nearest.ts'
import { textOf, typed, type Word } from '../words.ts'
import { against } from './against.ts'
import { type Answer, type Asked, missing, no, outcomeAnswer, type Subcommand } from './answer.ts'
import { findRollout } from './find-rollout.ts'
import { leadingName } from './leading-name.ts'

export const waive: Subcommand = {
  usage: 'waive [PROCEDURE] STATION reason',
  example: 'waive PCBA-FCT FCT-07 under repair until Monday',
  summary: 'go on without a silent station',
  run: async (asked, service) => {
    const found = await findView(service, 'waive', asked.words)
    if ('done' in found) return found
    const { view, rest } = found
    const station = leadingName(rest, view.stations)
    if (!station) return unknownStation(view, rest)
    const why = textOf(station.rest)
    if (why === '')
      return missing(
        'A waiver needs a reason.',
        `waive ${typed(station.match.name)} under repair until Monday`,
      )
    const verb = { verb: 'waive' as const, stationId: station.match.id, why }
    return outcomeAnswer(await service.command(view.id, verb, asked.by, against(view), asked.commandId))
  },
}

export const acknowledge: Subcommand = {
  usage: 'acknowledge [PROCEDURE] [GATE] reason',
  example: 'acknowledge PCBA-FCT yield known bad lot 4711',
  summary: 'accept a breach with a reason; more evidence still stops it',
  run: async (asked, service) => {
    const found = await findView(service, 'acknowledge', asked.words)
    if ('done' in found) return found
    const { view, rest } = found
    const open = view.breaches.filter((breach) => breach.closed === null).map((breach) => breach.metric)
    const gate = leadingGate(rest)
    const metric = gate?.metric ?? (open.length === 1 ? open[0] : undefined)
    if (open.length === 0) return no(markup`No breach of *${view.procedure.name}* is open.`)
    if (metric === undefined) {
      const commands = open.map(
        (each) => markup`\`/rollout acknowledge ${typed(view.procedure.name)} ${typed(each)} reason\``,
      )
      return no(markup`${open.length} breaches are open: name the gate.\n${join(commands, '\n')}`)
    }
    const why = textOf(gate?.rest ?? rest)
    if (why === '')
      return missing('An acknowledgement needs a reason.', 'acknowledge yield known bad lot 4711')
    return outcomeAnswer(
      await service.command(
        view.id,
        { verb: 'acknowledge', metric, why },
        asked.by,
        against(view),
        asked.commandId,
      ),
    )
  },
}

async function findView(
  service: Service,
  verb: string,
  words: Asked['words'],
): Promise<{ view: RolloutView; rest: Word[] } | Answer> {
  const found = await findRollout(service, verb, words)
  if ('problem' in found) return no(found.problem)
  const view = await service.get(found.rollout.id)
  return view ? { view, rest: found.rest } : no(markup`That rollout is gone.`)
}

function unknownStation(view: RolloutView, words: Word[]): Answer {
  const names = view.stations.map((station) => station.name)
  const [first] = words
  if (!first) return missing('Name the station and the reason.', waive.example)
  const close = nearest(first.text, names)
  const hint =
    close.length > 0 ? `Did you mean ${close.join(' or ')}?` : `There are: ${listed(names, 12, 8)}.`
  return no(markup`No station of this rollout is called *${first.text}*. ${hint}`)
}

/** People say "yield" or "errors"; the gates have longer names. */
function leadingGate(words: Word[]): { metric: GateMetric; rest: Word[] } | null {
  const known: [string, GateMetric][] = [
    ...gateMetrics.map((metric): [string, GateMetric] => [metric, metric]),
    ['fpy', 'first-pass yield'],
    ['yield', 'first-pass yield'],
    ['first-pass', 'first-pass yield'],
    ['error', 'error rate'],
    ['errors', 'error rate'],
    ['timeout', 'timeout rate'],
    ['timeouts', 'timeout rate'],
  ]
  for (let length = Math.min(words.length, 3); length >= 1; length -= 1) {
    const name = words
      .slice(0, length)
      .map((word) => word.text)
      .join(' ')
      .toLowerCase()
    const found = known.find(([alias]) => alias === name)
    if (found) return { metric: found[1], rest: words.slice(length) }
  }
  return null
}
