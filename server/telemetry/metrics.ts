// Figures for Prometheus: counters of this process, and gauges of the database, which every process answers alike. A scrape
// asks the database once in some seconds, however many ask, and waits for it two seconds at most.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Database, Db } from '../../db/client.ts'
import { type OperatingFigures, operatingFigures } from '../../db/operating-figures.ts'
import type { Instant } from '../domain/instant.ts'
import { inTime } from '../too-late.ts'
import type { Observer } from './observer.ts'

/** What of this process is read at a scrape. */
export type Watched = {
  /** Runs taken and not stored yet. */
  runsWaiting: () => number
  /** Rollouts asked for and not judged yet. */
  judgingWaiting: () => number
  /** Long polls that wait. */
  pollsWaiting: () => number
}
export type ServiceMetrics = ReturnType<typeof serviceMetrics>

const patienceMs = 2_000
/** Real milliseconds. Prometheus asks every 15 s or more; a page of somebody curious asks at any pace. */
const freshMs = 5_000

export function serviceMetrics({
  database,
  now,
}: {
  database: Pick<Database, 'db' | 'load'>
  now: () => Instant
}) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers })

  const decisions = counter(
    'firstpass_decisions_total',
    'Commands of people and programs, by what came of them',
    ['command', 'outcome'],
  )
  const verdicts = counter('firstpass_gate_verdicts_total', 'Verdicts of gates, by what the gate measures', [
    'metric',
    'verdict',
  ])
  const judgings = counter('firstpass_judgings_total', 'Judgings of rollouts, by what they say as a whole', [
    'verdict',
  ])
  const runs = counter(
    'firstpass_runs_total',
    'Runs: stored, repeated (there before), refused (of a procedure that is none)',
    ['outcome'],
  )
  const polls = counter('firstpass_polls_total', 'Answers to stations that ask what to run', ['status'])
  const deliveries = counter(
    'firstpass_deliveries_total',
    'Attempts to bring something to Slack or TofuPilot',
    ['kind', 'outcome'],
  )
  const webhooks = counter('firstpass_webhook_attempts_total', 'Messages sent to endpoints of webhooks', [
    'outcome',
  ])
  const seconds = new Histogram({
    name: 'firstpass_work_seconds',
    help: 'How long work takes: a decision, the judging of a rollout, a flush of runs, a delivery to Slack, a webhook',
    labelNames: ['work'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers,
  })
  const failures = counter('firstpass_work_failures_total', 'Work that threw an error', ['work'])

  const queue = gauge('firstpass_runs_waiting', 'Runs taken and not stored yet')
  const backlog = gauge('firstpass_judging_waiting', 'Rollouts asked for and not judged yet')
  const pending = gauge('firstpass_polls_waiting', 'Long polls that wait')
  const transactions = gauge(
    'firstpass_database_transactions',
    'Transactions: open, and waiting for a connection',
    ['pool', 'state'],
  )

  const up = gauge(
    'firstpass_database_up',
    '1: the database answered this scrape; 0: what it would have said is missing',
  )
  const rollouts = gauge('firstpass_rollouts', 'Live rollouts', ['status'])
  const stations = gauge(
    'firstpass_rollout_stations',
    'Stations of live rollouts; one in trouble under its trouble',
    ['procedure', 'state'],
  )
  const breaches = gauge('firstpass_rollout_breaches', 'Breaches of live rollouts that nobody has answered', [
    'procedure',
  ])
  const overdue = gauge('firstpass_overdue_aborts', 'Aborts whose stations are not all back within the limit')
  const unjudged = gauge(
    'firstpass_unjudged_seconds',
    'Since when the live rollout that has waited longest was not judged',
  )
  const alarms = gauge('firstpass_station_alarms', 'Open alarms of stations', ['kind'])
  const endpoints = gauge('firstpass_webhooks', 'Endpoints of webhooks', ['state'])
  const waiting = gauge('firstpass_deliveries_waiting', 'Deliveries that wait, webhooks included', ['kind'])
  const oldest = gauge('firstpass_deliveries_oldest_seconds', 'Since when the oldest of these waits', [
    'kind',
  ])
  const ofDatabase = [rollouts, stations, breaches, overdue, unjudged, alarms, endpoints, waiting, oldest]

  const answered = new Map<number, number>()
  let watched: Watched | null = null
  let last: { at: number; figures: Promise<OperatingFigures> } | null = null

  function figures(): Promise<OperatingFigures> {
    if (last === null || performance.now() - last.at > freshMs) {
      const asked = database.db.transaction((tx: Db) => operatingFigures(tx, now()))
      // A failure is asked about again by the next scrape.
      asked.catch(() => {
        last = null
      })
      last = { at: performance.now(), figures: asked }
    }
    return inTime(last.figures, patienceMs)
  }

  function show(found: OperatingFigures, names: boolean): void {
    for (const { label, count } of found.rollouts) rollouts.set({ status: label }, count)
    for (const { procedure, label, count } of found.stations)
      stations.inc({ procedure: names ? procedure : '', state: label }, count)
    for (const { procedure, count } of found.breaches)
      breaches.inc({ procedure: names ? procedure : '' }, count)
    overdue.set(found.overdueAborts)
    unjudged.set(found.unjudgedSeconds)
    for (const { label, count } of found.alarms) alarms.set({ kind: label }, count)
    for (const { label, count } of found.webhooks) endpoints.set({ state: label }, count)
    for (const each of found.deliveries) {
      waiting.set({ kind: each.kind }, each.waiting)
      oldest.set({ kind: each.kind }, each.oldestSeconds)
    }
  }

  const observer: Observer = {
    async around({ name }, does) {
      const end = seconds.startTimer({ work: name })
      try {
        return await does()
      } catch (error) {
        failures.inc({ work: name })
        throw error
      } finally {
        end()
      }
    },
    decided: (command, outcome) => decisions.inc({ command, outcome }),
    judged(gates, overall) {
      judgings.inc({ verdict: overall })
      for (const { metric, verdict } of gates) verdicts.inc({ metric, verdict })
    },
    runs: (outcome, count) => runs.inc({ outcome }, count),
    // Thousands a second: only counted here, and put into their figure at a scrape.
    polled: (status) => void answered.set(status, (answered.get(status) ?? 0) + 1),
    delivered: (kind, outcome) => deliveries.inc({ kind, outcome }),
    webhook: (outcome) => webhooks.inc({ outcome }),
    traceparent: () => undefined,
  }

  return {
    observer,
    contentType: registry.contentType,
    /** From then on a scrape tells of these too. */
    watch(those: Watched): void {
      watched = those
    },
    /**
     * In the shape that Prometheus reads. Without the database it says what it knows by itself.
     * @param names of procedures are told; else what is of each is added up.
     */
    async scrape(names: boolean): Promise<string> {
      if (watched) {
        queue.set(watched.runsWaiting())
        backlog.set(watched.judgingWaiting())
        pending.set(watched.pollsWaiting())
      }
      polls.reset()
      for (const [status, count] of answered) polls.inc({ status }, count)
      for (const { pool, open, waiting: held } of database.load()) {
        transactions.set({ pool, state: 'open' }, open)
        transactions.set({ pool, state: 'waiting' }, held)
      }
      const found = await figures().catch(() => null)
      for (const each of ofDatabase) each.reset()
      up.set(found === null ? 0 : 1)
      if (found) show(found, names)
      return registry.metrics()
    },
  }
}
