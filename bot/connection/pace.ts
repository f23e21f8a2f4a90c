// Keeps to Slack's limits for each method and channel by itself, so that one busy channel holds nothing else up.
import { z } from 'zod'

/** Slack lets about one message a second into a channel. */
const betweenPostsMs = 1000
/** What is held is over soon; what is over is forgotten when so much has gathered. */
const mostRemembered = 1000

type Call = { method: string; place: string }
type Paced = (fetchFn: typeof fetch, how: { spaced: boolean }) => typeof fetch

/**
 * What Slack asked to wait for is remembered per method and place (a channel, or the person whose Home it is), and a call
 * that has to wait is answered here as Slack would: with 429 and the seconds. Nothing sleeps; the queue comes again.
 * Each process keeps its own pace: what several together do too fast, Slack itself answers with 429.
 */
export function createPace({ now }: { now: () => number }): Paced {
  const asked = waits(now)
  const posted = waits(now)

  /** `spaced`: keeps a second between the messages of a channel; for calls that no person waits for. */
  return (fetchFn, { spaced }) =>
    async (input, init) => {
      const call = callOf(input, init?.body)
      if (call === null) return fetchFn(input, init)
      const key = `${call.method} ${call.place}`
      const isPost = call.method === 'chat.postMessage'
      const waitMs = Math.max(asked.left(key), spaced && isPost ? posted.left(call.place) : 0)
      if (waitMs > 0) return tooEarly(waitMs)
      if (isPost) posted.hold(call.place, betweenPostsMs)
      const response = await fetchFn(input, init)
      const wait = response.status === 429 ? seconds.safeParse(response.headers.get('retry-after')) : null
      if (wait?.success) asked.hold(key, wait.data * 1000)
      // A message that Slack refused is not there: the same in plainer blocks may follow at once.
      if (isPost && !(await isAccepted(response))) posted.release(call.place)
      return response
    }
}

function waits(now: () => number) {
  const until = new Map<string, number>()
  return {
    left: (key: string) => Math.max(0, (until.get(key) ?? 0) - now()),
    hold(key: string, ms: number) {
      if (until.size >= mostRemembered) for (const [each, end] of until) if (end <= now()) until.delete(each)
      until.set(key, Math.max(until.get(key) ?? 0, now() + ms))
    },
    release: (key: string) => void until.delete(key),
  }
}

/** Null for what is no method of the Web API: uploads, and answers to a response_url. */
function callOf(input: Parameters<typeof fetch>[0], body: unknown): Call | null {
  const { pathname } = new URL(input instanceof Request ? input.url : input)
  const method = /\/api\/([a-zA-Z.0-9]+)$/.exec(pathname)?.[1]
  if (method === undefined) return null
  const args = typeof body === 'string' || body instanceof URLSearchParams ? new URLSearchParams(body) : null
  return { method, place: args?.get('channel') ?? args?.get('user_id') ?? '' }
}

const seconds = z.coerce.number().positive()
const accepted = z.object({ ok: z.literal(true) })

async function isAccepted(response: Response): Promise<boolean> {
  if (response.status !== 200) return false
  return accepted.safeParse(await response.clone().json()).success
}

function tooEarly(ms: number): Response {
  return new Response(JSON.stringify({ ok: false, error: 'ratelimited' }), {
    status: 429,
    headers: { 'retry-after': String(Math.ceil(ms / 1000)), 'content-type': 'application/json' },
  })
}
