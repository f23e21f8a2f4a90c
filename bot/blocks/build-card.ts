// The card of a build that was registered: what it is, what runs now, what a rollout would take, and the button for it.
import type { Button } from '@slack/types'
import type { RolloutLine } from '../../server/domain/rollout-view.ts'
import type { DeploymentLine, ProcedureSummary } from '../../server/service.ts'
import type { BuildState } from '../deliveries/build-state.ts'
import { actions, button, context, fields, header, type Message, messageText, section } from './build.ts'
import { pageButton } from './card-buttons.ts'
import { join, link, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { count, listed, points } from './numbers.ts'
import { buildName, named } from './wording.ts'

export const buildIds = { start: 'build_start', supersede: 'build_supersede' } as const

export type BuildCard = { procedure: ProcedureSummary; build: DeploymentLine; state: BuildState }

export function buildCard(card: BuildCard): Message {
  const title = titleOf(card)
  const outcome = outcomeOf(card)
  const elements = buttonsOf(card)
  return {
    text: messageText(
      join(
        [markup`${title}: ${firstLine(card.build)}, ${origin(card.build)}.`, outcome, ...facts(card)],
        ' ',
      ),
    ),
    blocks: [
      header('build', title),
      section('commit', markup`*${firstLine(card.build)}*\n${origin(card.build)}`),
      ...(card.state.kind === 'waits' ? [fields('facts', fieldsOf(card))] : []),
      section('outcome', outcome),
      ...(elements.length === 0 ? [] : [actions('buttons', elements)]),
      ...(card.build.labels.length === 0 ? [] : [context('labels', [labelsOf(card.build)])]),
    ],
  }
}

function titleOf({ procedure, build, state }: BuildCard): string {
  const name = `${oneLine(procedure.name, 80)} ${oneLine(build.version, 40)}`
  switch (state.kind) {
    case 'waits':
      return `New build: ${name}`
    case 'started':
      return `${name}: ${becameOf[state.rollout.status]}`
    case 'replaced':
      return `${name}: replaced by ${oneLine(state.by.version, 20)}`
    case 'not eligible':
      return `${name}: cannot be rolled out`
  }
}

const becameOf: Record<RolloutLine['status'], string> = {
  pending: 'waits to start',
  active: 'being rolled out',
  paused: 'being rolled out',
  aborting: 'rollout aborted',
  aborted: 'rollout aborted',
  completed: 'on all stations',
}

/** A commit's message may be of any length; its first line says what it is about. */
function firstLine({ message }: DeploymentLine): string {
  return oneLine(message.trim().split('\n', 1)[0] ?? '', 200) || 'no commit message'
}

function origin({ sha, author, branch }: DeploymentLine): Markup {
  const on = branch === null || branch === '' ? '' : ` on ${oneLine(branch, 60)}`
  return markup`${oneLine(sha.slice(0, 7), 7)} by ${oneLine(author, 60)}${on}`
}

function labelsOf({ labels }: DeploymentLine): Markup {
  return markup`Labels: ${listed(
    labels.map((label) => oneLine(label, 40)),
    10,
    9,
  )}`
}

function fieldsOf(card: BuildCard): Markup[] {
  const { activeDeployment } = card.procedure
  return [
    markup`*Active now*\n${oneLine(activeDeployment?.version ?? 'none', 60)}`,
    markup`*A standard plan takes*\n${planText(card)}`,
    ...declaredText(card.build).map((text) => markup`*Its author expects*\n${text}`),
  ]
}

/** "−0.8 points: VCC limits tightened"; nothing where nothing was declared. */
function declaredText({ expectation, expectedYieldChange: change }: DeploymentLine): Markup[] {
  const parts = [
    ...(change === null || change === 0 ? [] : [markup`${points(change)} of first-pass yield`]),
    ...(expectation === null || expectation.trim() === '' ? [] : [markup`${oneLine(expectation, 300)}`]),
  ]
  return parts.length === 0 ? [] : [join(parts, ': ')]
}

/** "FCT-03, then 3, 5 and all 10 stations" */
function planText({ state }: BuildCard): string {
  const stages = state.kind === 'waits' ? (state.preview?.stages ?? []) : []
  const [first, ...others] = stages
  if (!first) return 'no station of this procedure'
  const names = listed(
    first.stations.map((station) => oneLine(station.name, 40)),
    4,
    3,
  )
  const sizes = others.map((stage) => String(stage.stations.length))
  const last = sizes.pop()
  if (last === undefined) return names
  const between = sizes.length === 0 ? '' : `${sizes.join(', ')} and `
  return `${names}, then ${between}all ${count(Number(last), 'station')}`
}

function outcomeOf({ procedure: { live }, build: { push }, state }: BuildCard): Markup {
  switch (state.kind) {
    case 'waits': {
      const held = push?.held ? markup` It did not start by itself: ${said(push.held, 300)}.` : markup``
      if (!live) return markup`Nobody has started it yet.${held}`
      const is = live.status === 'aborting' ? 'still goes back to base' : 'is live already'
      return markup`A rollout ${is}: ${link(live.url, buildName(live))}.${held}`
    }
    case 'started':
      return markup`*Started* by ${named(state.rollout.owner)}, ${moment(state.rollout.createdAt)}: ${link(state.rollout.url, buildName(state.rollout))}`
    case 'replaced':
      return markup`*Replaced* by a newer build, ${oneLine(state.by.version, 60)}. It can still be started with \`/rollout start\`.`
    case 'not eligible':
      return markup`It ${oneLine(state.why, 200)}.`
  }
}

/** What notifications and screen readers say beside it. */
function facts(card: BuildCard): Markup[] {
  if (card.state.kind !== 'waits') return []
  const { activeDeployment } = card.procedure
  return [
    markup`Active now: ${oneLine(activeDeployment?.version ?? 'none', 60)}. A standard plan takes ${planText(card)}.`,
    ...declaredText(card.build).map((text) => markup`Its author expects ${text}.`),
  ]
}

function buttonsOf({ procedure, build, state }: BuildCard): Button[] {
  if (state.kind === 'started') return [pageButton(state.rollout)]
  if (state.kind !== 'waits') return []
  const { live } = procedure
  const of = `${oneLine(procedure.name, 30)} ${oneLine(build.version, 20)}`
  const value = (replaces: string | null) => JSON.stringify({ p: procedure.id, d: build.id, r: replaces })
  if (!live || live.status === 'aborting')
    return [
      button({
        actionId: buildIds.start,
        label: 'Start…',
        description: `Start the rollout of ${of}: opens a form`,
        value: value(null),
        style: 'primary',
      }),
    ]
  return [
    button({
      actionId: buildIds.supersede,
      label: 'Supersede…',
      description: `Put ${of} in the place of the live rollout: opens a form`,
      value: value(live.id),
    }),
    pageButton(live),
  ]
}
