// The buttons of the Home. They carry what the buttons of a card carry, under names of their own: here there is no card.
import type { Button } from '@slack/types'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { drawnFor, writeValue } from '../button-value.ts'
import type { Waiting } from '../deliveries/waiting-for.ts'
import { button } from './build.ts'
import { pageButton } from './card-buttons.ts'
import { buildName } from './wording.ts'

export const homeIds = {
  approve: 'home_approve',
  advance: 'home_advance',
  pause: 'home_pause',
  resume: 'home_resume',
  abort: 'home_abort',
  acknowledge: 'home_acknowledge',
  start: 'home_start',
  direct: 'home_direct',
} as const

/** What this person is asked for comes first; where they could go wrong with it, the other way out stands beside it. */
export function waitingButtons(waiting: Waiting): Button[] {
  const { view } = waiting
  switch (waiting.asks) {
    case 'acknowledge':
      return [acknowledgeButton(view, waiting.breach.gate), abortButton(view), pageButton(view)]
    case 'approve':
      return [approveButton(view), abortButton(view), pageButton(view)]
    case 'advance':
      return [advanceButton(view), pauseButton(view), abortButton(view), pageButton(view)]
    case 'resume':
      return [resumeButton(view), abortButton(view), pageButton(view)]
  }
}

/** Stopping is for whoever sees it: it waits for nobody. */
export function runningButtons(view: RolloutView): Button[] {
  switch (view.status) {
    case 'pending':
      return [abortButton(view)]
    case 'active':
      return [pauseButton(view), abortButton(view)]
    case 'paused':
      return [resumeButton(view), abortButton(view)]
    case 'aborting':
    case 'aborted':
    case 'completed':
      return []
  }
}

export function startButton(): Button {
  return button({
    actionId: homeIds.start,
    label: 'Start a rollout…',
    description: 'Start a rollout: opens the form',
  })
}

/** The value is what the click makes of it. */
export function directButton(isOn: boolean): Button {
  return button({
    actionId: homeIds.direct,
    label: isOn ? 'Stop messaging me' : 'Message me about mine',
    description: isOn
      ? 'Direct messages about my rollouts are on: turn them off'
      : 'Direct messages about my rollouts are off: turn them on',
    value: isOn ? 'off' : 'on',
  })
}

function approveButton(view: RolloutView): Button {
  return of(view, homeIds.approve, 'Approve', `Approve ${buildName(view)}`, 'primary')
}

function advanceButton(view: RolloutView): Button {
  return of(view, homeIds.advance, 'Advance', `Advance ${buildName(view)} to the next stage`, 'primary')
}

function pauseButton(view: RolloutView): Button {
  return of(view, homeIds.pause, 'Pause', `Pause ${buildName(view)}`)
}

function resumeButton(view: RolloutView): Button {
  return of(view, homeIds.resume, 'Resume', `Resume ${buildName(view)}`)
}

function abortButton(view: RolloutView): Button {
  return of(view, homeIds.abort, 'Abort…', `Abort ${buildName(view)}: asks for a reason`, 'danger')
}

function acknowledgeButton(view: RolloutView, gate: string): Button {
  return button({
    actionId: homeIds.acknowledge,
    label: 'Acknowledge…',
    description: `Acknowledge the ${gate} breach of ${buildName(view)}: asks for a reason`,
    value: writeValue(drawnFor(view, gate)),
  })
}

function of(
  view: RolloutView,
  actionId: string,
  label: string,
  description: string,
  style?: 'primary' | 'danger',
): Button {
  const value = writeValue(drawnFor(view))
  return button({ actionId, label, description, value, ...(style === undefined ? {} : { style }) })
}
