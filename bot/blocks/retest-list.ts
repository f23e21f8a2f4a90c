// The units that are to be tested again: which serial on which build, a pair to a line.
import type { RetestPair, RetestUnit } from '../../server/domain/retests.ts'
import type { RolloutLine } from '../../server/domain/rollout-view.ts'
import type { RetestsAsked } from '../../server/service.ts'
import { join, link, type Markup, markup, oneLine, said } from './markup.ts'
import { listed } from './numbers.ts'
import { buildName, capitalised } from './wording.ts'

/** A shelf is read from a phone: the rest is on paper. */
const mostShown = 12

export function retestList(
  rollout: Pick<RolloutLine, 'id' | 'url' | 'procedure' | 'deployment'>,
  { did, pairs }: Pick<RetestsAsked, 'did' | 'pairs'>,
): Markup {
  const more = pairs.length - mostShown
  return join(
    [
      markup`*${buildName(rollout)}*: ${said(capitalised(did), 600)}`,
      ...pairs.slice(0, mostShown).map(pairLine),
      ...(more > 0 ? [markup`… and ${more} more pairs`] : []),
      markup`${link(rollout.url, 'Charts and history')} · the whole list to print: \`GET ${listAddress(rollout)}\``,
    ],
    '\n',
  )
}

function pairLine({ pair, canaryFailed, baseFailed }: RetestPair): Markup {
  return markup`${pair}. ${unit(canaryFailed)}; ${unit(baseFailed)}`
}

function unit({ serial, retestVersion, retestStations }: RetestUnit): Markup {
  return markup`*${oneLine(serial, 40)}* on ${oneLine(retestVersion, 40)} (${listed(
    retestStations.map((name) => oneLine(name, 30)),
    3,
    2,
  )})`
}

function listAddress({ id, url }: Pick<RolloutLine, 'id' | 'url'>): string {
  const root = URL.parse(url)?.origin ?? ''
  return `${root}/api/v1/rollouts/${id}/retests?format=csv`
}
