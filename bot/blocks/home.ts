// The Home of one person: what waits for them, what runs, what has ended, and what is frozen.
import type { HomeView } from '@slack/types'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import type { HomeFacts } from '../deliveries/home-facts.ts'
import type { Waiting } from '../deliveries/waiting-for.ts'
import { actions, type CardBlock, context, header, section } from './build.ts'
import { directButton, runningButtons, startButton, waitingButtons } from './home-buttons.ts'
import { freezeBlocks, listed, more, recentBlocks } from './home-lists.ts'
import { inNumbers, standing, waitsInBrief } from './in-brief.ts'
import { join, link, type Markup, markup, moment, said } from './markup.ts'
import { buildName, called, gateWord, named } from './wording.ts'

/** `notice`: what their last click met with; it is gone with the next drawing. */
export type Home = HomeFacts & { waiting: Waiting[]; direct: boolean; notice: Markup | null }

/** A Home takes 100 blocks: one of these has two at most, and all else is put together. */
const mostWaiting = 10
const mostRunning = 25

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
    ...recentBlocks(home.recent),
    header('freezes', 'Freezes'),
    ...freezeBlocks(home.freezes),
  ]
  return { type: 'home', blocks }
}

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
