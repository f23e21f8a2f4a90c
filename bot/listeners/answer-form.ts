// Answers the form that somebody submitted: refused while it is open, or told to them once Slack waits no longer.
import type { SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import { within } from '../within.ts'

/** Real milliseconds. Slack waits three seconds, of which the way there and back takes some. */
const patienceMs = 2000

type Answered = {
  /** All that the form leads to, from finding out where it came from. Resolves to why not; null: it is done. */
  work: Promise<string | null>
  /** Where a refusal stands while the form is open. */
  block: string
  /** Says the refusal to the person when the form is closed. */
  tell(refused: string): Promise<void>
}

export async function answerForm(
  ack: SlackViewMiddlewareArgs<ViewSubmitAction>['ack'],
  { work, block, tell }: Answered,
): Promise<void> {
  const timely = await within(patienceMs, work)
  if (timely.inTime && timely.result !== null)
    return ack({ response_action: 'errors', errors: { [block]: timely.result } })
  await ack()
  const refused = timely.inTime ? null : await work
  if (refused !== null) await tell(refused)
}
