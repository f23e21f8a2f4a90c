// What a bad build has judged, as its thread sees it: how many units, what is asked for, and who answered for them.
import type { Button } from '@slack/types'
import {
  type Containment,
  changedSince,
  containmentHeadline,
  type Occasion,
} from '../../server/domain/containment.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { containmentValue } from '../containment-value.ts'
import { actions, button, type CardBlock, type Message, messageText, section } from './build.ts'
import { join, link, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { count } from './numbers.ts'
import { buildName, callsFor, named } from './wording.ts'

export const containmentIds = { signOff: 'sign_off_containment' } as const

/** @param episode the occasion that this message tells of: only the last one asks for anything. */
export function containmentMessage(view: RolloutView, list: Containment, episode: Occasion): Message {
  const isLast = list.occasions.at(-1)?.at === episode.at
  const lines = isLast ? present(view, list) : [markup`*Containment of ${buildName(view)}*: goes on below.`]
  const buttons = isLast ? buttonsOf(view, list) : []
  const text = join(lines, '\n')
  const blocks: CardBlock[] = [
    section('containment', text, 3000),
    ...(buttons.length === 0 ? [] : [actions('buttons', buttons)]),
  ]
  return { text: messageText(text), blocks }
}

function present(view: RolloutView, list: Containment): Markup[] {
  const { counts, unattributed, deletedBefore } = list
  const page = link(containmentUrl(view.url), 'the list')
  return [
    markup`*Containment*: ${said(containmentHeadline(list), 300)} · ${page}`,
    ...(counts.lastAt === null || counts.firstAt === null
      ? []
      : [markup`Judged from ${moment(counts.firstAt)} to ${moment(counts.lastAt)}, on ${stationsOf(list)}.`]),
    ...(deletedBefore === null
      ? []
      : [
          markup`Runs of before ${moment(deletedBefore)} were deleted: what was judged before then is missing here.`,
        ]),
    ...(unattributed.runs === 0
      ? []
      : [
          markup`Besides ${count(unattributed.runs, 'run')} of these stations came without a build that is known.`,
        ]),
    markup`${whatFirst(list)}`,
    ended(view, list),
  ]
}

function stationsOf({ counts }: Containment): string {
  const names = counts.stations.slice(0, 3).map(({ name }) => oneLine(name, 40))
  const more = counts.stationCount - names.length
  return more > 0 ? `${names.join(', ')} and ${count(more, 'more station')}` : names.join(', ')
}

export function whatFirst({ first, counts }: Containment): string {
  const { escapes, falseScrap } = counts
  if (first === 'escapes')
    return `Bad units may have passed: begin with the ${count(escapes.open, 'unit')} that passed and are not confirmed.`
  return `Not confirmed yet: ${count(escapes.open, 'possible escape')} (passed) and ${count(falseScrap.open, 'unit')} of possible false scrap (failed).`
}

function ended(view: RolloutView, list: Containment): Markup {
  const [latest] = list.signOffs
  if (list.state === 'nothing to contain') return markup`Nothing to contain: the build has judged no unit.`
  if (latest === undefined)
    return markup`${callsFor(view)}: decide what becomes of these units, then sign it off.`
  const signed = markup`${named(latest.by)}, ${moment(latest.at)}, for ${count(latest.units, 'unit')}: ${oneLine(latest.note, 500)}`
  return list.state === 'changed'
    ? markup`*Changed since it was signed off*: ${changedSince(list)} (${signed}). Sign it off again.`
    : markup`*Signed off* by ${signed}`
}

function buttonsOf(view: RolloutView, list: Containment): Button[] {
  if (list.state !== 'open' && list.state !== 'changed') return []
  return [
    button({
      actionId: containmentIds.signOff,
      label: 'Sign off…',
      description: `Sign off the containment of ${buildName(view)}: asks what was done`,
      value: containmentValue(view.id),
    }),
  ]
}

/** Beside the rollout's page, with the key of its link. */
export function containmentUrl(rolloutUrl: string): string {
  const url = URL.parse(rolloutUrl)
  if (url === null) return rolloutUrl
  url.pathname = `${url.pathname.replace(/\/$/, '')}/containment`
  return url.href
}
