// A request that failed before its listener could answer is answered all the same: its response_url needs no token.
import { z } from 'zod'

/** Clicks, commands and shortcuts on messages carry one; a form that nobody acknowledged says itself that it failed. */
const answerable = z.object({ response_url: z.url({ protocol: /^https?$/ }) })

export type AnswerTo = (responseUrl: string, message: object) => Promise<void>

export async function answerFailed(answerTo: AnswerTo, body: unknown): Promise<void> {
  const request = answerable.safeParse(body)
  if (!request.success) return
  await answerTo(request.data.response_url, {
    response_type: 'ephemeral',
    replace_original: false,
    text: 'Firstpass failed to do this. Look at the card or `/rollout status` before you try again.',
  })
}
