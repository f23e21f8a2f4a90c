// The verbs that settle one station or one gate: waive a silent station, acknowledge a breach.
import type { GateMetric } from '../../server/domain/gates/gate.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { Service } from '../../server/service.ts'
import { join, markup } from '../blocks/markup.ts'
import { listed } from '../blocks/numbers.ts'
import { against } from './against.ts'
import { type Answer, type Asked, missing, no, outcomeAnswer, type Subcommand } from './answer.ts'
import { findRollout } from './find-rollout.ts'
import { leadingName } from './leading-name.ts'
import { isSlipOf, nearest } from './nearest.ts'
import { textOf, typed, type Word } from './words.ts'

export const waive: Subcommand = {
  kind: 'Settle',
  verb: 'waive',
  usage: 'waive [PROCEDURE] STATION reason',
  example: 'waive PCBA-FCT FCT-07 under repair until Monday',
  summary: 'go on without a silent station',
  run: async (asked, service) => {
    const found = await findView(service, 'waive', asked)
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
  kind: 'Settle',
  verb: 'acknowledge',
  usage: 'acknowledge [PROCEDURE] [GATE] reason',
  example: 'acknowledge PCBA-FCT yield known bad lot 4711',
  summary: 'accept a breach with a reason; more evidence still stops it',
  run: async (asked, service) => {
    const found = await findView(service, 'acknowledge', asked)
    if ('done' in found) return found
    const { view, rest } = found
    const open = view.breaches.filter((breach) => breach.closed === null).map((breach) => breach.gate)
    const names = gateNames(view, open)
    const named = leadingName(rest, names)
    const slip = named ? null : slipOf(rest, names)
    const gate = named?.match.gate ?? (open.length === 1 ? open[0] : undefined)
    if (open.length === 0) return no(markup`No breach of *${view.procedure.name}* is open.`)
    if (slip !== null)
      return no(
        markup`No gate is called *${rest[0]?.text ?? ''}*. Did you mean \`/rollout acknowledge ${typed(view.procedure.name)} ${typed(slip)} …\`?`,
      )
    if (gate === undefined) {
      const commands = open.map(
        (each) => markup`\`/rollout acknowledge ${typed(view.procedure.name)} ${typed(each)} reason\``,
      )
      return no(markup`${open.length} breaches are open: name the gate.\n${join(commands, '\n')}`)
    }
    const why = textOf(named?.rest ?? rest)
    if (why === '')
      return missing('An acknowledgement needs a reason.', 'acknowledge yield known bad lot 4711')
    return outcomeAnswer(
      await service.command(
        view.id,
        { verb: 'acknowledge', gate, why },
        asked.by,
        against(view),
        asked.commandId,
      ),
    )
  },
}

async function findView(
  service: Service,
  verb: 'waive' | 'acknowledge',
  { words, refused }: Asked,
): Promise<{ view: RolloutView; rest: Word[] } | Answer> {
  const found = await findRollout(service, verb, words)
  if ('problem' in found) return no(found.problem)
  const notAllowed = await refused(verb, found.rollout.procedure.id)
  if (notAllowed) return notAllowed
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

/** A misspelt gate must not become the first word of a reason for another one. */
function slipOf([first]: Word[], names: { name: string }[]): string | null {
  return names.find(({ name }) => first !== undefined && isSlipOf(first.text, name))?.name ?? null
}

/** The gates of the rollout by name, and by what people call them: "yield" and "errors" are the first of their kind. */
function gateNames(view: RolloutView, open: string[]): { name: string; gate: string }[] {
  const gates = view.verdict?.gates ?? []
  const names = [...open, ...gates.map((gate) => gate.name)].map((name) => ({ name, gate: name }))
  const called = aliases.flatMap(([name, metric]) => {
    const alike = gates.filter((gate) => gate.metric === metric).map((gate) => gate.name)
    const gate = alike.find((each) => open.includes(each)) ?? alike[0] ?? metric
    return [{ name, gate }]
  })
  return [...names, ...called]
}

const aliases: [string, GateMetric][] = [
  ['first-pass yield', 'first-pass yield'],
  ['first-pass', 'first-pass yield'],
  ['fpy', 'first-pass yield'],
  ['yield', 'first-pass yield'],
  ['yield rise', 'first-pass yield rise'],
  ['rise', 'first-pass yield rise'],
  ['escapes', 'first-pass yield rise'],
  ['error rate', 'error rate'],
  ['error', 'error rate'],
  ['errors', 'error rate'],
  ['timeout rate', 'timeout rate'],
  ['timeout', 'timeout rate'],
  ['timeouts', 'timeout rate'],
]
