// Clicks on a button as Slack sends them: signed, at a steady pace, from a thread of their own.
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export type ClickSpec = {
  url: string
  signingSecret: string
  /** Of one click; each gets a moment and a trigger of its own. */
  payload: { actions: Record<string, unknown>[] } & Record<string, unknown>
  count: number
  everyMs: number
}
export type Clicked = { ms: number[]; statuses: Record<string, number> }

export async function clicks(spec: ClickSpec): Promise<Clicked> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { clicks: spec } })
  const [told]: Clicked[] = await once(worker, 'message')
  await worker.terminate()
  if (told === undefined) throw new Error('the clicks ended without a word')
  return told
}

if (!isMainThread && workerData?.clicks) await clickAll(workerData.clicks)

async function clickAll(spec: ClickSpec): Promise<void> {
  const told: Clicked = { ms: [], statuses: {} }
  const under: Promise<void>[] = []
  const begun = performance.now()
  for (let number = 0; number < spec.count; number++) {
    under.push(click(spec, number, told))
    // A click that waits for its answer holds up none of those after it.
    await pause(Math.max(0, begun + (number + 1) * spec.everyMs - performance.now()))
  }
  await Promise.all(under)
  parentPort?.postMessage(told)
}

async function click(spec: ClickSpec, number: number, told: Clicked): Promise<void> {
  const [first, ...rest] = spec.payload.actions
  const seconds = Math.floor(Date.now() / 1000)
  const actions = [{ ...first, action_ts: `${seconds}.${String(number).padStart(6, '0')}` }, ...rest]
  const payload = { ...spec.payload, actions, trigger_id: `${seconds}.${number}.measured` }
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  const digest = createHmac('sha256', spec.signingSecret).update(`v0:${seconds}:${body}`).digest('hex')
  const from = performance.now()
  const status = await fetch(spec.url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': `v0=${digest}`,
    },
  }).then(
    async (response) => {
      await response.text()
      return String(response.status)
    },
    () => 'cut',
  )
  told.ms.push(performance.now() - from)
  told.statuses[status] = (told.statuses[status] ?? 0) + 1
}
