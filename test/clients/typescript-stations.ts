// Stations that run the TypeScript client in a process of their own, under the orders that demo/factory/python/stations.py
// takes: so that the same faults can befall both clients.
import { createInterface } from 'node:readline'
import { openStation, type RunInHand, type Station } from '../../clients/station/station.ts'

type Bench = { client: Station; run: RunInHand | null; told: string }
// biome-ignore lint/suspicious/noExplicitAny: orders of the test that has started this process
type Order = any

const benches = new Map<string, Bench>()
const procedures = new Map<string, string>()
const warn = (text: string) => say('warning', { text })

setInterval(() => {
  for (const [station, bench] of benches) {
    const counts = countsOf(bench.client)
    if (bench.told !== JSON.stringify(counts)) say('counts', { station, ...counts })
    bench.told = JSON.stringify(counts)
  }
}, 50).unref()

for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, station, ...order }: Order = JSON.parse(line)
  if (what === 'open')
    await open(station, order).catch((error) => say('failed', { station, why: error.message }))
  const bench = benches.get(station)
  if (bench) obey(bench, what, station, order)
}

async function open(station: string, order: Order): Promise<void> {
  const client = await openStation({
    url: order.url,
    key: order.key,
    folder: order.folder,
    name: station,
    waitFactor: order.wait_factor,
    log: { info: warn, warn },
    ...(order.most_bytes === undefined ? {} : { maxBytes: order.most_bytes }),
    changed: (_, build) => say('assignment', { station, deployment_id: build?.id ?? null }),
    delivered: ({ kind, body }) => {
      if (kind === 'pickup') say('acknowledged', { station, deployment_id: (body as Order).deployment_id })
    },
    ...(order.installs ? { install: async (_build, _procedure, artifact) => void (await artifact()) } : {}),
  })
  benches.set(station, { client, run: null, told: '' })
  say('open', {
    station,
    deployment_id: client.assignment(order.procedure)?.id ?? null,
    ...countsOf(client),
  })
  procedures.set(station, order.procedure)
}

function obey(bench: Bench, what: string, station: string, order: Order): void {
  const { client } = bench
  if (what === 'begin')
    bench.run = client.begin({
      procedureId: procedures.get(station) ?? '',
      ...(order.deployment_id ? { deploymentId: order.deployment_id } : {}),
      startedAt: order.started_at,
    })
  if (what === 'end') bench.run?.end()
  if (what === 'report')
    client.report(order.run).then(
      () => {
        const counts = countsOf(client)
        bench.told = JSON.stringify(counts)
        say('stored', { station, number: order.number, ...counts })
      },
      (error: Error) => say('full', { station, number: order.number, why: error.message }),
    )
  if (what === 'retry parked') void client.retryParked()
  if (what === 'close')
    void client
      .close({ handOverMs: order.hand_over * 1000 })
      .then(() => say('closed', { station, ...countsOf(client) }))
}

function countsOf(client: Station) {
  return { queued: client.queued(), parked: client.parked() }
}

function say(said: string, more: object): void {
  process.stdout.write(`${JSON.stringify({ said, ...more })}\n`)
}
