// The subcommands that only look: status, why, list.
import type { RolloutLine, RolloutView } from '../../server/domain/rollout-view.ts'
import type { Service } from '../../server/service.ts'
import { context, section } from '../blocks/build.ts'
import { alarmBudget, gateWords } from '../blocks/gate-lines.ts'
import { join, link, type Markup, markup, moment, oneLine, paragraphs, said } from '../blocks/markup.ts'
import { rolloutCard } from '../blocks/rollout-card.ts'
import { blindness } from '../blocks/suspicion.ts'
import { buildName, statusWords } from '../blocks/wording.ts'
import { typed, type Word } from '../words.ts'
import { type Answer, no, type Subcommand } from './answer.ts'
import { findRollout, unknownProcedure } from './find-rollout.ts'
import { leadingName } from './leading-name.ts'

export const status: Subcommand = {
  usage: 'status [PROCEDURE]',
  example: 'status PCBA-FCT',
  summary: 'how the rollout stands, for your eyes only',
  run: async ({ words }, service) => {
    const named = await namedProblem(service, 'status', words)
    if (named) return named
    const live = await service.list({ live: true })
    if (words.length === 0 && live.length !== 1) return lines(live, 'No rollout is live.')
    const found = await findRollout(service, 'status', words)
    if ('problem' in found) return no(found.problem)
    const view = await service.get(found.rollout.id)
    if (!view) return no(markup`That rollout is gone.`)
    const card = rolloutCard(view, Math.max(0, view.stageIndex), { buttons: false })
    return { done: true, text: { markup: card.text }, blocks: card.blocks }
  },
}

export const why: Subcommand = {
  usage: 'why [PROCEDURE]',
  example: 'why PCBA-FCT',
  summary: 'what the rollout waits for, and what happens next',
  run: async ({ words }, service) => {
    const named = await namedProblem(service, 'why', words)
    if (named) return named
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
    const next = view.next === '' ? [] : [markup`Next: ${said(view.next, 300)}`]
    return whyAnswer(view, join([title, ...items, ...waits, ...nothing, ...next], '\n'))
  },
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
  usage: 'list',
  example: 'list',
  summary: 'live rollouts, then the latest others',
  run: async (_asked, service) => lines(await service.list({ limit: 15 }), 'There are no rollouts yet.'),
}

function lines(rollouts: RolloutLine[], none: string): Answer {
  if (rollouts.length === 0) return { done: true, text: markup`${none} Start one with \`/rollout start\`.` }
  const ended = (line: RolloutLine) => (line.endedAt === null ? 0 : 1)
  const ordered = rollouts.toSorted((a, b) => ended(a) - ended(b) || b.createdAt - a.createdAt)
  return { done: true, text: join(ordered.map(lineText), '\n') }
}

function lineText(line: RolloutLine): Markup {
  const stage = line.stageIndex < 0 ? '' : `, stage ${line.stageIndex + 1} of ${line.stageCount}`
  const when = markup`, ${line.endedAt === null ? 'since' : 'ended'} ${moment(line.endedAt ?? line.startedAt ?? line.createdAt)}`
  return markup`${link(line.url, buildName(line))}: ${statusWords[line.status]}${stage}${when}, owner ${oneLine(line.owner.name, 60)}`
}

/** For commands without a reason, every word has to be a name. */
async function namedProblem(
  service: Pick<Service, 'procedures'>,
  verb: string,
  words: Word[],
): Promise<Answer | null> {
  const [first] = words
  if (!first) return null
  const procedures = await service.procedures()
  const named = leadingName(words, procedures)
  if (named && named.rest.length === 0) return null
  if (named)
    return no(markup`${verb} takes a procedure only: \`/rollout ${verb} ${typed(named.match.name)}\``)
  return no(unknownProcedure(verb, words.map((word) => word.text).join(' '), procedures))
}
