// The buttons of a card: only those that can do something in the state it was drawn in.
import type { Button } from '@slack/types'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { takesApproval } from '../../server/domain/takes-approval.ts'
import { drawnFor, writeValue } from '../button-value.ts'
import { button } from './build.ts'
import { buildName } from './wording.ts'

/** `link_` marks buttons that only open an address: Slack still wants them acknowledged. */
export const buttonIds = {
  approve: 'approve',
  advance: 'advance',
  pause: 'pause',
  resume: 'resume',
  abort: 'abort',
  acknowledge: 'acknowledge',
  retest: 'retest',
  supersede: 'supersede',
  accept: 'accept_changes',
} as const

export function cardButtons(view: RolloutView): Button[] {
  const value = writeValue(drawnFor(view))
  const of = buildName(view)
  const approve = approveButton(view)
  const advance = button({
    actionId: buttonIds.advance,
    label: 'Advance',
    description: `Advance ${of} to the next stage`,
    value,
    // Otherwise it opens the list of what is missing, and asks for a reason.
    ...(view.readiness.ready ? { style: 'primary' as const } : {}),
  })
  const pause = button({ actionId: buttonIds.pause, label: 'Pause', description: `Pause ${of}`, value })
  const resume = button({ actionId: buttonIds.resume, label: 'Resume', description: `Resume ${of}`, value })
  const abort = abortButton(view)
  const waitsForApproval = takesApproval(view)
  // The last stage completes by itself when all it needs is there.
  const isLast = view.stageIndex === view.stages.length - 1
  const forward = [...(isLast ? [] : [advance]), ...(waitsForApproval ? [approve] : [])]
  const accept = (view.changes?.holding ?? 0) > 0 ? [acceptButton(view)] : []
  switch (view.status) {
    case 'pending':
      return [...(waitsForApproval ? [approve] : []), abort, pageButton(view)]
    case 'active':
      return [...forward, ...accept, pause, abort, pageButton(view)]
    case 'paused':
      return [...forward, ...accept, resume, abort, pageButton(view)]
    case 'aborting':
    case 'aborted':
    case 'completed':
      return [pageButton(view)]
  }
}

export function acceptButton(view: RolloutView): Button {
  const label = view.changes?.holding === 1 ? 'Accept change…' : 'Accept changes…'
  return button({
    actionId: buttonIds.accept,
    label,
    description: `${label.slice(0, -1)} of limits in ${buildName(view)}: asks for a reason`,
    value: writeValue(drawnFor(view)),
  })
}

export function approveButton(view: RolloutView): Button {
  return button({
    actionId: buttonIds.approve,
    label: 'Approve',
    description: `Approve ${buildName(view)}`,
    value: writeValue(drawnFor(view)),
  })
}

/** The modal it opens is its confirmation: a dialog before it would only cost time. */
export function abortButton(view: RolloutView): Button {
  return button({
    actionId: buttonIds.abort,
    label: 'Abort…',
    description: `Abort ${buildName(view)}: asks for a reason, then takes all stations back to base`,
    value: writeValue(drawnFor(view)),
    style: 'danger',
  })
}

export function pageButton(view: Pick<RolloutView, 'url' | 'procedure' | 'deployment'>): Button {
  return button({
    actionId: 'link_page',
    label: 'Charts and history',
    description: `Open the page of ${buildName(view)}`,
    url: view.url,
  })
}
