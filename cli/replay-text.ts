// What a replay found, as the command line shows it.
import type { paths } from '../clients/api/paths.ts'
import type { Answer } from './command.ts'
import { facts, table } from './table.ts'
import { minuteText } from './times.ts'

type Kept = NonNullable<
  paths['/api/v1/procedures/{id}/replay']['get']['responses'][200]['content']['application/json']['ended']
>

export function replayText(kept: Kept): Answer {
  const { result, failed_why } = kept
  if (!result) return { code: 1, json: kept, text: `the replay failed: ${failed_why ?? 'nobody knows why'}` }
  const { report, no_report } = result
  if (!report)
    return {
      code: 1,
      json: kept,
      text: `no report: ${no_report?.why ?? ''}. ${no_report?.next ?? ''}`.trim(),
    }
  const { false_stops: stops } = report
  const of = facts([
    [
      'history',
      `${minuteText(report.from)} to ${minuteText(report.to)} UTC, ${report.stations} stations, ${report.runs} runs`,
    ],
    ['played', `${report.rollouts} starts, ${stops.replays} replays, ${kept.asked.preset} plan`],
    [
      'healthy builds stopped',
      `${stops.stopped} of ${stops.replays} (95 %: ${percent(stops.lower)} to ${percent(stops.upper)}; budget ${percent(report.alarm_budget)})`,
    ],
  ])
  const canaries = table(
    report.canaries.map(({ label, false_stops, smallest_found: { half, most } }) => [
      label,
      `${false_stops.stopped} of ${false_stops.replays}`,
      points(half),
      points(most),
    ]),
    ['CANARY', 'STOPPED THOUGH HEALTHY', 'FINDS IN HALF', 'FINDS IN FOUR OF FIVE'],
  )
  return { json: kept, text: `${of}\n\n${canaries}` }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** Of yield that a build took away; none of those asked was found so often. */
function points(drop: number | null): string {
  return drop === null ? 'none asked for' : `drops of ${Number((drop * 100).toFixed(1))} points`
}
