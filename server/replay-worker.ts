// Plays a replay in a thread of its own, so that nobody who reports a run or waits for a verdict is held up by it.
import { parentPort } from 'node:worker_threads'
import type { StationHistory } from './domain/backtest/history.ts'
import { type Played, played } from './domain/backtest/played.ts'
import { type PastRollout, redecided } from './domain/backtest/redecide.ts'
import { longestStageMs } from './domain/backtest/replayed-stages.ts'
import { backtestReport } from './domain/backtest/report.ts'
import { startsOf } from './domain/backtest/starts.ts'
import { notEnough } from './not-enough-history.ts'
import type { FromReplay, ToReplay } from './replay-messages.ts'

const stations: StationHistory[] = []
const pasts: PastRollout[] = []

parentPort?.on('message', (message: ToReplay) => {
  if (message.kind === 'station') stations.push(message.station)
  else if (message.kind === 'past') pasts.push(message.past)
  else begin(message)
})

function begin(asked: Extract<ToReplay, { kind: 'begin' }>): void {
  try {
    send(replay(asked))
  } catch (error) {
    send({ kind: 'failed', why: error instanceof Error ? error.message : String(error) })
  }
}

/** Past rollouts first: they are few, and what happened to them is known. */
function replay({
  plan,
  asked,
  from,
  to,
  runsWithoutBuild,
  patienceMs,
}: Extract<ToReplay, { kind: 'begin' }>): FromReplay {
  const again = pasts.map((past) => redecided(past, plan))
  const history = { from, to, stations }
  const longest = longestStageMs(plan)
  const starts = startsOf(history, longest)
  if (starts.starts.length === 0) {
    const { why, next } = notEnough({ history, runsWithoutBuild }, longest)
    return { kind: 'done', report: null, noReport: { why, next }, cutFrom: null, redecided: again }
  }
  const until = performance.now() + patienceMs
  const all: Played[] = []
  let [rollouts, last]: [number, Played['start'] | null] = [0, null]
  for (const each of played(starts.starts, plan, asked)) {
    const isNext = each.start !== last || (all.at(-1)?.stage.index ?? -1) >= each.stage.index
    if (isNext && rollouts > 0 && performance.now() > until) break
    if (isNext) rollouts += 1
    last = each.start
    all.push(each)
    send({ kind: 'progress', progress: rollouts / asked.rollouts })
  }
  const report = backtestReport(history, plan, starts, { ...asked, rollouts }, all)
  const cutFrom = rollouts < asked.rollouts ? asked.rollouts : null
  return { kind: 'done', report, noReport: null, cutFrom, redecided: again }
}

function send(message: FromReplay): void {
  parentPort?.postMessage(message)
}
