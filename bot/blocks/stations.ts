// Which stations a stage has now and takes next; a station that is not confirmed says where it stands.
import { clockText } from '../../server/domain/clock-ahead.ts'
import type { RolloutView, StageView, StationView } from '../../server/domain/rollout-view.ts'
import { alarmInBrief } from './alarm-words.ts'
import { join, type Markup, markup, oneLine } from './markup.ts'
import { count, listed } from './numbers.ts'
import { wayBack } from './rollback-message.ts'

export function stationLines(view: RolloutView, stageIndex: number): Markup {
  const left = view.stations.filter((station) => station.status === 'left')
  const lines =
    view.status === 'aborting' || view.status === 'aborted' ? backLines(view) : forwardLines(view, stageIndex)
  const gone = left.length === 0 ? [] : [markup`*Left the rollout* ${listed(left.map(nameAndWhy))}`]
  const third =
    view.otherRuns === 0
      ? []
      : [markup`*Counted in neither arm* ${count(view.otherRuns, 'run')} of a third build`]
  return join([...lines, ...gone, ...third, ...alarmsOf(view), ...unknown(view)], '\n')
}

/** Only where so many are missing from the canary that its numbers may mislead. */
function unknown({ unattributed }: RolloutView): Markup[] {
  const text = unattributedText(unattributed)
  return text === null ? [] : [markup`*Of an unknown build* ${text}`]
}

/** "7 runs of FCT-01, in neither arm: …; null where none matter. The page has all of them. */
export function unattributedText({
  matters,
  canaryRuns,
  stations,
}: RolloutView['unattributed']): string | null {
  const canaries = stations.filter(({ isCanary }) => isCanary)
  const [most] = canaries
  if (!matters || !most) return null
  const names = listed(canaries.map((station) => oneLine(station.name, 40)))
  return `${count(canaryRuns, 'run')} of ${names}, in neither arm: ${oneLine(most.reason.why, 200)}. ${oneLine(most.reason.fix, 240)}`
}

/** Of an ended stage, by name only: what happens to them later stands on the later card. */
export function stageStations(view: RolloutView, stage: StageView): Markup {
  const names = view.stations.filter((station) => station.stageIndex <= stage.index).map(name)
  return markup`*Stations* ${listed(names)}`
}

function forwardLines(view: RolloutView, stageIndex: number): Markup[] {
  const now = view.stations.filter(
    (station) =>
      station.stageIndex <= stageIndex && ['pinned', 'pulled', 'confirmed'].includes(station.status),
  )
  const next = view.stations.filter(
    (station) => station.stageIndex === stageIndex + 1 && station.status !== 'left',
  )
  const unsettled = now.filter((station) => state(station) !== null)
  const ordered = [...unsettled, ...now.filter((station) => state(station) === null)]
  const confirmed = now.filter((station) => station.status === 'confirmed').length
  const here = markup`*Stations now* ${listed(ordered.map(nameAndState))}${now.length === 0 ? '' : ` (${confirmed} of ${now.length} confirmed)`}`
  return next.length === 0
    ? [here]
    : [here, markup`*Next stage adds* ${count(next.length, 'station')}: ${listed(next.map(name))}`]
}

/** What stands with its station as trouble is not said twice. */
export function alarmsBeside(view: RolloutView): RolloutView['stationAlarms'] {
  const troubles = new Map(view.stations.map(({ id, trouble }) => [id, trouble?.kind]))
  return view.stationAlarms.filter(({ station, kind }) => troubles.get(station.id) !== kind)
}

function alarmsOf(view: RolloutView): Markup[] {
  const alarms = alarmsBeside(view)
  const shown = alarms.slice(0, mostAlarms).map(alarmInBrief)
  const more = alarms.length - shown.length
  if (alarms.length === 0) return []
  return [markup`*Alarms* ${join([...shown, ...(more > 0 ? [`${more} more`] : [])], '; ')}`]
}

const mostAlarms = 4

function backLines(view: RolloutView): Markup[] {
  if (view.reverting !== null) return [wayBack(view.reverting)]
  const exposed = view.stations.filter((station) =>
    ['reverting', 'reverted', 'pinned', 'pulled', 'confirmed'].includes(station.status),
  )
  const open = exposed.filter((station) => station.status !== 'reverted' && station.waived === null)
  const back = exposed.length - open.length
  const summary = markup`*Back on base* ${back} of ${count(exposed.length, 'station')}`
  return open.length === 0 ? [summary] : [summary, markup`*Not back yet* ${listed(open.map(nameAndState))}`]
}

function nameAndWhy(station: StationView): string {
  return station.leftBecause === null
    ? name(station)
    : `${name(station)} (${oneLine(station.leftBecause, 120)})`
}

function nameAndState(station: StationView): string {
  const word = state(station)
  return word === null ? name(station) : `${name(station)} (${word})`
}

/** Null for a station that needs no word: confirmed, and nothing wrong. */
function state(station: StationView): string | null {
  const words = [
    station.status === 'pinned' ? 'not pulled yet' : null,
    station.status === 'pulled' ? 'pulled, no run yet' : null,
    station.status === 'reverting' ? 'still on the new build' : null,
    station.trouble === null ? null : `${station.trouble.kind}: ${oneLine(station.trouble.detail, 60)}`,
    silence(station),
    // While it is in a run it swaps no build: that is what it waits for.
    station.connection.busy && station.status !== 'confirmed' ? 'in a run' : null,
    station.clockAheadMs === null ? null : `clock ${clockText(station.clockAheadMs)}`,
    station.waived === null ? null : `waived by ${oneLine(station.waived.by.name, 40)}`,
  ].filter((word) => word !== null)
  return words.length === 0 ? null : words.join(', ')
}

/** Where its site is closed, nothing is to be heard of it. */
function silence({ connection, trouble }: StationView): string | null {
  if (connection.isClosed || connection.state === 'connected' || trouble?.kind === 'stale') return null
  return connection.state
}

function name(station: StationView): string {
  return oneLine(station.name, 40)
}
