// The subcommands that only look: status, why, list.
import type { ProcedureId } from '../../server/domain/ids.ts'
import type { RolloutLine, RolloutView } from '../../server/domain/rollout-view.ts'
import type { Service } from '../../server/service.ts'
import { alarmLine } from '../blocks/alarm-words.ts'
import { context, section } from '../blocks/build.ts'
import { freezeLines } from '../blocks/freeze-lines.ts'
import { alarmBudget, gateWords } from '../blocks/gate-lines.ts'
import { join, link, type Markup, markup, moment, oneLine, paragraphs, said } from '../blocks/markup.ts'
import { rolloutCard } from '../blocks/rollout-card.ts'
import { blindness } from '../blocks/suspicion.ts'
import { buildName, statusWords } from '../blocks/wording.ts'
import { type Answer, linesAnswer, no, type Subcommand } from './answer.ts'
import { namedProblem } from './find-procedure.ts'
import { findRollout } from './find-rollout.ts'
import { leadingName } from './leading-name.ts'

export const status: Subcommand = {
  kind: 'Look',
  verb: null,
  usage: 'status [PROCEDURE]',
  example: 'status PCBA-FCT',
  summary: 'how the rollout stands, and what is frozen',
  run: async ({ words }, service) => {
    const procedures = await service.procedures()
    const problem = namedProblem('status', words, procedures)
    if (problem) return no(problem)
    const live = await service.list({ live: true })
    const named = leadingName(words, procedures)?.match
    const told = await alarmLines(service, named ? [named] : procedures)
    const frozen = [...(await freezeLines(service, named ? [named] : procedures)), ...told]
    if (!named && live.length !== 1) return lines(live, 'No rollout is live.', frozen)
    const found = await findRollout(service, 'status', words)
    if ('problem' in found) return no(join([found.problem, ...frozen], '\n'))
    const view = await service.get(found.rollout.id)
    if (!view) return no(markup`That rollout is gone.`)
    const card = rolloutCard(view, Math.max(0, view.stageIndex), { buttons: false })
    const held = frozen.length === 0 ? [] : [section('frozen', join(frozen, '\n'), 2900)]
    return {
      done: true,
      text: join([{ markup: card.text }, ...frozen], '\n'),
      blocks: [...held, ...card.blocks],
    }
  },
}

export const why: Subcommand = {
  kind: 'Look',
  verb: null,
  usage: 'why [PROCEDURE]',
  example: 'why PCBA-FCT',
  summary: 'what the rollout waits for, and what happens next',
  run: async ({ words }, service) => {
    const problem = namedProblem('why', words, await service.procedures())
    if (problem) return no(problem)
    const found = await findRollout(service, 'why', words)
    if ('problem' in found) return no(found.problem)
    const view = await service.get(found.rollout.id)
    if (!view) return no(markup`That rollout is gone.`)
    const items = view.readiness.items.map(
      (item) => markup`${item.met ? 'Done' : 'Open'}: ${said(item.text, 200)}`,
    )
    const texts = new Set(view.readiness.items.map((item) => item.text))
    const waits = view.waitsFor
      .filter((text) => !texts.has(text))
      .map((text) => markup`Waits for: ${said(text, 200)}`)
    const nothing = items.length + waits.length === 0 ? [markup`Nothing holds it.`] : []
    const title = markup`*${buildName(view)}* is ${statusWords[view.status]}`
    const alarms = view.stationAlarms.slice(0, 8).map((alarm) => markup`Alarm: ${alarmLine(alarm)}`)
    const next = view.next === '' ? [] : [markup`Next: ${said(view.next, 300)}`]
    return whyAnswer(view, join([title, ...items, ...waits, ...nothing, ...next, ...alarms], '\n'))
  },
}

/** Open alarms of stations, whether anything is rolled out or not. */
async function alarmLines(
  service: Pick<Service, 'stationAlarms'>,
  procedures: { id: ProcedureId; name: string }[],
): Promise<Markup[]> {
  const found = await Promise.all(
    procedures.map(async ({ id, name }) => ({
      name,
      alarms: await service.stationAlarms({ procedureId: id, open: true, limit: 100 }),
    })),
  )
  return found.flatMap(({ name, alarms }) => {
    const shown = alarms
      .slice(0, 8)
      .map((alarm) => markup`Alarm in *${oneLine(name, 60)}*: ${alarmLine(alarm)}`)
    const more = alarms.length - shown.length
    return [...shown, ...(more > 0 ? [markup`and ${more} more alarms of ${oneLine(name, 60)}`] : [])]
  })
}

/** Every gate has its line, however many there are: in as many sections as keep Slack from cutting one. */
function whyAnswer(view: RolloutView, waiting: Markup): Answer {
  const blind = blindness(view.verdict)
  const lines = [...(blind === null ? [] : [markup`*${blind}*`]), ...gateWords(view)]
  const budget = alarmBudget(view)
  return {
    done: true,
    text: join([waiting, ...lines, ...(budget === null ? [] : [budget])], '\n'),
    blocks: [
      section('why', waiting, 2900),
      ...paragraphs(lines, 2900).map((text, index) => section(`gates_${index + 1}`, text, 3000)),
      ...(budget === null ? [] : [context('budget', [budget], 1500)]),
    ],
  }
}

export const list: Subcommand = {
  kind: 'Look',
  verb: null,
  usage: 'list',
  example: 'list',
  summary: 'live rollouts, then the latest others',
  run: async (_asked, service) => lines(await service.list({ limit: 15 }), 'There are no rollouts yet.', []),
}

function lines(rollouts: RolloutLine[], none: string, after: Markup[]): Answer {
  if (rollouts.length === 0)
    return linesAnswer([markup`${none} Start one with \`/rollout start\`.`, ...after])
  const ended = (line: RolloutLine) => (line.endedAt === null ? 0 : 1)
  const ordered = rollouts.toSorted((a, b) => ended(a) - ended(b) || b.createdAt - a.createdAt)
  return linesAnswer([...ordered.map(lineText), ...after])
}

function lineText(line: RolloutLine): Markup {
  const stage = line.stageIndex < 0 ? '' : `, stage ${line.stageIndex + 1} of ${line.stageCount}`
  const when = markup`, ${line.endedAt === null ? 'since' : 'ended'} ${moment(line.endedAt ?? line.startedAt ?? line.createdAt)}`
  return markup`${link(line.url, buildName(line))}: ${statusWords[line.status]}${stage}${when}, owner ${oneLine(line.owner.name, 60)}`
}
