// The Home of one person: what waits for them, what runs, what has ended, and what is frozen.
import type { HomeView } from '@slack/types'
import type { RolloutLine, RolloutView } from '../../server/domain/rollout-view.ts'
import type { HomeFacts, NamedFreeze } from '../home-facts.ts'
import type { Waiting } from '../waiting-for.ts'
import { actions, type CardBlock, context, header, section } from './build.ts'
import { directButton, runningButtons, startButton, waitingButtons } from './home-buttons.ts'
import { inNumbers, standing, waitsInBrief } from './in-brief.ts'
import { join, link, type Markup, markup, moment, oneLine, paragraphs, said } from './markup.ts'
import { buildName, called, decided, gateWord, named, statusWords } from './wording.ts'

/** `notice`: what their last click met with; it is gone with the next drawing. */
export type Home = HomeFacts & { waiting: Waiting[]; direct: boolean; notice: Markup | null }

/** A Home takes 100 blocks: one of these has two at most, and all else is put together. */
const mostWaiting = 10
const mostRunning = 25
const mostRecent = 12
const mostFreezes = 12

export function homeView(home: Home): HomeView {
  const blocks: CardBlock[] = [
    ...(home.notice === null ? [] : [section('notice', markup`*Not done.* ${home.notice}`, 1500)]),
    actions('start', [startButton(), directButton(home.direct)]),
    context('direct', [
      home.direct
        ? markup`Firstpass messages you about rollouts that you start: when one needs you, and how it ended.`
        : markup`Firstpass does not message you about your rollouts.`,
    ]),
    header('waiting', 'Waiting for me'),
    ...waitingBlocks(home.waiting),
    header('running', 'Running'),
    ...runningBlocks(home),
    header('recent', 'Recent'),
    ...lines(
      'recent',
      home.recent.map(recentLine),
      mostRecent,
      'Nothing has ended in the last 7 days.',
      listed,
    ),
    header('freezes', 'Freezes'),
    ...lines(
      'freezes',
      home.freezes.map(freezeLine),
      mostFreezes,
      'Nothing is frozen, and no freeze is set.',
      markup``,
    ),
  ]
  return { type: 'home', blocks }
}

const listed = markup`: \`/rollout list\``

/** For somebody who may not look: nothing of any rollout. */
export function closedHome(why: string): HomeView {
  return { type: 'home', blocks: [section('closed', markup`Firstpass shows you nothing here. ${why}`)] }
}

function waitingBlocks(waiting: Waiting[]): CardBlock[] {
  if (waiting.length === 0) return [section('waiting_none', markup`Nothing waits for you.`)]
  return [
    ...waiting
      .slice(0, mostWaiting)
      .flatMap((each, index) => [
        section(`waiting_${index}`, waitingText(each), 900),
        actions(`waiting_${index}_do`, waitingButtons(each)),
      ]),
    ...more('waiting', waiting.length - mostWaiting, markup`, when these are decided`),
  ]
}

function waitingText(waiting: Waiting): Markup {
  const { view } = waiting
  const title = markup`*${link(view.url, buildName(view))}*: ${standing(view)}`
  switch (waiting.asks) {
    case 'acknowledge': {
      const { breach } = waiting
      const kind = breach.severity === 'severe' ? 'Severe breach' : 'Breach'
      const what = markup`*${kind}: ${gateWord(breach.gate)}*, ${moment(breach.openedAt)}: ${said(breach.headline, 300)}`
      return join([title, what, markup`Acknowledge it with a reason, or abort.`], '\n')
    }
    case 'approve':
      return join(
        [title, markup`*Your approval* is all that is missing. ${asked(view)}`, ...numbers(view)],
        '\n',
      )
    case 'advance':
      return join([title, markup`*Ready to advance.* ${said(view.next, 200)}`, ...numbers(view)], '\n')
    case 'resume':
      return join([title, markup`*Yours, and paused*: ${said(view.pause?.why ?? '', 300)}`], '\n')
  }
}

function asked(view: RolloutView): Markup {
  const { needed, given } = view.approvals
  const by = given.length === 0 ? '' : `, by ${given.map((each) => named(each.by)).join(', ')}`
  return markup`Owner ${called(view.owner)}. ${given.length} of ${needed} given${by}.`
}

/** Where a rollout waits for this person its buttons stand above, once. */
function runningBlocks({ live, unread, waiting }: Home): CardBlock[] {
  if (live.length === 0) return [section('running_none', markup`No rollout is live.`)]
  const above = new Set(waiting.slice(0, mostWaiting).map(({ view }) => view.id))
  return [
    ...live.slice(0, mostRunning).flatMap((view, index) => {
      const buttons = above.has(view.id) ? [] : runningButtons(view)
      return [
        section(`running_${index}`, runningText(view), 700),
        ...(buttons.length === 0 ? [] : [actions(`running_${index}_do`, buttons)]),
      ]
    }),
    ...more('running', Math.max(0, live.length - mostRunning) + unread, listed),
  ]
}

function runningText(view: RolloutView): Markup {
  const waits = waitsInBrief(view, 1)
  return join(
    [
      markup`*${link(view.url, buildName(view))}*: ${standing(view)}, owner ${named(view.owner)}`,
      ...numbers(view),
      ...(waits === null ? [] : [waits]),
    ],
    '\n',
  )
}

function numbers(view: RolloutView): Markup[] {
  const told = inNumbers(view)
  return told === null ? [] : [markup`${told}`]
}

/** The end is the last decision, but where a person decided something about it afterwards. */
function recentLine(line: RolloutLine): Markup {
  const how = statusWords[line.status]
  const end = line.lastDecision.what.startsWith(how)
    ? markup``
    : markup`*${how}* ${moment(line.endedAt ?? line.createdAt)}. Then: `
  return markup`${link(line.url, buildName(line))}: ${end}${decided(line.lastDecision)}`
}

function freezeLine(freeze: NamedFreeze): Markup {
  const where = freeze.sites.length === 0 ? '' : ` at ${oneLine(freeze.sites.join(', '), 100)}`
  const end =
    freeze.to === null ? markup`until somebody lifts it` : markup`until ${moment(Date.parse(freeze.to))}`
  const from = freeze.inForce ? markup`` : markup` from ${moment(Date.parse(freeze.from))}`
  const by = freeze.by === undefined ? '' : `, set by ${named(freeze.by)}`
  const word = freeze.inForce ? 'Frozen now' : 'Set for later'
  return markup`*${word}*: ${oneLine(freeze.of, 60)}${where}${from} ${end}${by}: ${oneLine(freeze.why, 200)}`
}

function lines(id: string, all: Markup[], most: number, none: string, where: Markup): CardBlock[] {
  if (all.length === 0) return [section(`${id}_none`, markup`${none}`)]
  return [
    ...paragraphs(all.slice(0, most), 2900).map((text, index) => section(`${id}_${index}`, text, 3000)),
    ...more(id, all.length - most, where),
  ]
}

function more(id: string, count: number, where: Markup): CardBlock[] {
  return count <= 0 ? [] : [context(`${id}_more`, [markup`and ${count} more${where}`])]
}
