// A request for approval in the thread: what is asked of whom, on which evidence, with a button while it is open.
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { actions, type CardBlock, fields, type Message, messageText, section } from './build.ts'
import { approveButton, pageButton } from './card-buttons.ts'
import { evidenceLines } from './evidence-lines.ts'
import { join, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { approvalsLine, approvers, extraFailuresText } from './stake.ts'
import type { Numbered } from './thread-events.ts'
import { buildName, named } from './wording.ts'

export type ApprovalAsked = Extract<Numbered, { type: 'ApprovalAsked' }>

export function approvalMessage(view: RolloutView, asked: ApprovalAsked, events: Numbered[]): Message {
  const end = endOfRequest(asked, events)
  const title = markup`*Approval asked: ${of(view, asked.stageIndex)}*, ${moment(asked.at)}`
  const build = markup`Commit ${oneLine(view.deployment.sha, 64).slice(0, 7)} by ${oneLine(view.deployment.author, 60)}: ${oneLine(view.deployment.message.trim().split('\n', 1)[0] ?? '', 120)}`
  const isOpen = end === null && !isAnswered(view)
  const request =
    end === null
      ? asks(view)
      : markup`*Decided* ${end}. What it was decided on stands in the record of its page.`
  const evidence = asked.stageIndex === null || end !== null ? [] : evidenceLines(view)
  const extra = view.economics?.extraFailures ?? null
  const stake = end !== null || extra === null ? [] : [markup`So far: ${extraFailuresText(extra)}`]
  const first = join([title, build, request], '\n')
  const blocks: CardBlock[] = [
    section('request', first),
    ...(evidence.length === 0 ? [] : [fields('evidence', [...evidence, ...stake], 300)]),
    actions('buttons', [...(isOpen ? [approveButton(view)] : []), pageButton(view)]),
  ]
  return { text: messageText(join([first, ...evidence, ...stake], '\n')), blocks }
}

/** In words, what has answered or overtaken this request; null while it is open. */
export function endOfRequest(asked: ApprovalAsked, events: Numbered[]): Markup | null {
  const later = events.filter((event) => event.sequence > asked.sequence)
  for (const event of later) {
    const by = markup`by ${named(event.by)}, ${moment(event.at)}`
    switch (event.type) {
      case 'RolloutStarted':
        return markup`approved and started ${by}`
      case 'StageAdvanced':
      case 'StageSet':
        return markup`advanced to stage ${event.to + 1} ${by}`
      case 'StageUndone':
        return markup`back to stage ${event.to + 1} ${by}`
      case 'RolloutAborted':
        return markup`aborted ${by}`
      case 'RolloutCompleted':
        return markup`completed ${by}`
      case 'ApprovalAsked':
        return markup`asked again ${moment(event.at)}, below`
      default:
    }
  }
  return null
}

/** Short: the request above has the evidence and the button. */
export function reminder(view: RolloutView, stageIndex: number | null): Markup {
  return markup`${approvers(view.approvals.approvers)}: ${of(view, stageIndex)} still waits for approval.`
}

/** Answered in full although the next step has not happened yet. */
function isAnswered({ approvals }: RolloutView): boolean {
  return approvals.given.length >= approvals.needed
}

function asks(view: RolloutView): Markup {
  const line = approvalsLine(view)
  if (isAnswered(view)) return join([...line, markup`*Next* ${said(view.next, 240)}`], '\n')
  const next = view.next === '' ? [] : [markup`*Next* ${said(view.next, 240)}`]
  return join([markup`${approvers(view.approvals.approvers)}: all else is there.`, ...line, ...next], '\n')
}

function of(view: RolloutView, stageIndex: number | null): string {
  return stageIndex === null
    ? `the start of ${buildName(view)}`
    : `${buildName(view)}, stage ${stageIndex + 1} of ${view.stages.length}`
}
