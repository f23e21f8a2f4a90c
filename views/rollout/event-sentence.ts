// An event of the record in plain English, with the reason its author gave.
import type { StationId } from '../../server/domain/ids.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { counted } from '../format/count.ts'
import { instantText } from '../format/instant.ts'
import { gateWord, pauseWords } from '../format/words.ts'

export type RecordedEvent = RolloutEvent & { sequence: number }
type Said = { what: string; why: string | null }

export function eventSentence(event: RolloutEvent, view: RolloutView): Said {
  switch (event.type) {
    case 'RolloutCreated':
      return said(
        `Rollout created with ${counted(event.plan.stages.length, 'stage')} over ${counted(event.order.length, 'station')}${event.startAt === null ? '' : `, to start ${instantText(event.startAt)}`}`,
        event.why,
      )
    case 'StartApproved':
      return said('Start approved')
    case 'ApprovalAsked':
      return said('Approvers asked')
    case 'ApprovalReminded':
      return said('Approvers reminded')
    case 'RolloutStarted':
      return said('Rollout started')
    case 'StageStarted':
      return said(`${stage(event.stageIndex, view)} started on ${names(event.stations, view)}`)
    case 'StageWentLive':
      return said(`${stage(event.stageIndex, view)} is live: all its stations are confirmed or waived`)
    case 'StageUnmeasured':
      return said(
        `${event.why ?? 'Firstpass was away'}, from ${instantText(event.from)} to ${instantText(event.to)}: nobody measured ${stage(event.stageIndex, view)}, so this time does not count as soaked`,
      )
    case 'StageMeasured':
      return said(
        `Runs that arrived later prove ${stage(event.stageIndex, view)} from ${instantText(event.from)} to ${instantText(event.to)}: this time counts as soaked after all`,
      )
    case 'StageApproved':
      return said(`${stage(event.stageIndex, view)} approved`)
    case 'StageAdvanced':
      return said(
        `Advanced from ${stage(event.from, view)} to ${stage(event.to, view)}${overridden(event.override)}`,
        event.why,
      )
    case 'StageSet':
      return said(
        `Set from ${stage(event.from, view)} to ${stage(event.to, view)}${overridden(event.override)}`,
        event.why,
      )
    case 'StageUndone':
      return said(
        `Undone from ${stage(event.from, view)} to ${stage(event.to, view)}: back to base on ${names(event.stations, view)}`,
        event.why,
      )
    case 'RolloutPaused':
      return said(`Paused ${pauseWords[event.reason]}`.trimEnd(), event.why)
    case 'RolloutResumed':
      return said(event.by.kind === 'service' ? 'Resumed by itself' : 'Resumed', event.why)
    case 'BreachOpened':
      return said(
        `${opened[event.mode === 'observe' ? 'observed' : 'acting'][event.severity]} of ${gateWord(event.gate)}${suspected(event, view)}`,
        event.headline,
      )
    case 'BreachWorsened':
      return said(`Breach of ${gateWord(event.gate)} became severe`, event.headline)
    case 'BreachAcknowledged':
      return said(`Breach of ${gateWord(event.gate)} acknowledged`, event.why)
    case 'BreachRecovered':
      return said(`Breach of ${gateWord(event.gate)} recovered`, event.headline)
    case 'BreachEscalated':
      return said(`Second group called for the breach of ${gateWord(event.gate)}: nobody had answered`)
    case 'WatchAlarmed':
      return said(
        `${event.severity === 'severe' ? 'Severe alarm' : 'Alarm'} of the watch: ${gateWord(event.gate)}`,
        event.headline,
      )
    case 'StationServed':
      return said(`${name(event.stationId, view)} was told of the build`)
    case 'StationPulled':
      return said(`${name(event.stationId, view)} pulled the build`)
    case 'StationConfirmed':
      return said(`${name(event.stationId, view)} confirmed by a run`)
    case 'StationTroubled':
      return said(`${name(event.stationId, view)} is ${event.trouble.kind}`, event.trouble.detail)
    case 'StationCleared':
      return said(`${name(event.stationId, view)} is out of trouble`)
    case 'StationWaived':
      return said(`${name(event.stationId, view)} waived`, event.why)
    case 'StationJoined':
      return said(`${name(event.stationId, view)} joined`)
    case 'StationLeft':
      return said(`${name(event.stationId, view)} left`, event.why)
    case 'StationExcluded':
      return said(`${name(event.stationId, view)} taken out, back on base`, event.why)
    case 'StationExposedAgain':
      return said(`${name(event.stationId, view)} ran the build that it was taken off`)
    case 'StationReverted':
      return said(`${name(event.stationId, view)} confirmed back`)
    case 'RetestsAsked':
      return said(
        `Asked for ${counted(event.units, 'retest')} on the other build, in ${counted(event.pairs, 'matched pair')}`,
      )
    case 'ChangesFound':
      return said(
        `Found ${counted(event.ids.length, 'undeclared change')} of limits in ${stage(event.stageIndex, view)}`,
        event.words.join('; '),
      )
    case 'ChangesAccepted':
      return said(`Accepted ${event.words.join('; ')}`, event.why)
    case 'DefinitionDeclared':
      return said('Declared what the build tests anew')
    case 'RolloutAborted':
      return said('Aborted: every station is pinned back to base', event.why)
    case 'AbortFinished':
      return said('Abort finished: every station it reached is accounted for')
    case 'RolloutCompleted':
      return said(`Completed${overridden(event.override)}`, event.why)
  }
}

const opened = {
  acting: { breach: 'Breach', severe: 'Severe breach' },
  observed: { breach: 'Observed breach', severe: 'Observed severe breach' },
}

function suspected({ suspect }: Extract<RolloutEvent, { type: 'BreachOpened' }>, view: RolloutView): string {
  return suspect?.isSuspected ? `, ${name(suspect.stationId, view)} suspected before the build` : ''
}

function said(what: string, why: string | null = null): Said {
  return { what, why }
}

function stage(index: number, view: RolloutView): string {
  const label = view.stages[index]?.label
  return label === undefined ? `stage ${index + 1}` : `stage ${index + 1} (${label})`
}

function name(id: StationId, view: RolloutView): string {
  return view.stations.find((station) => station.id === id)?.name ?? `station ${id.slice(0, 8)}`
}

/** All names while they fit a line; above that the count says more. */
function names(ids: StationId[], view: RolloutView): string {
  return ids.length > 6 ? counted(ids.length, 'station') : ids.map((id) => name(id, view)).join(', ')
}

function overridden(items: string[]): string {
  return items.length === 0 ? '' : `, overriding: ${items.join('; ')}`
}
