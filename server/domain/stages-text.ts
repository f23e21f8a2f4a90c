// Reads stages as people type them: "10%,50%,100%" or "1, 25%, 50%, 100%".
import type { StageTarget } from './plan.ts'
import { targetLabel } from './target-label.ts'

export type ParsedStages = { stages: StageTarget[] } | { error: string }

const example = 'for example 1, 25%, 50%, 100%'
const most = 20

/** A number is a count of stations, a percentage a share of them. The error says what was expected, what came. */
export function parseStages(text: string): ParsedStages {
  const pieces = text
    .replace(/(\d)\s+(?=%|％|stations?\b|percent\b)/gi, '$1')
    .split(/[\s,;→>]+/)
    .filter((piece) => piece !== '')
  if (pieces.length === 0)
    return { error: `Expected stages separated by commas, ${example}; nothing was given.` }
  if (pieces.length > most) return { error: `Expected at most ${most} stages, got ${pieces.length}.` }
  const stages: StageTarget[] = []
  for (const piece of pieces) {
    const stage = parseStage(piece)
    if ('error' in stage) return stage
    const fault = orderFault(stages.at(-1), stage)
    if (fault !== null) return { error: fault }
    stages.push(stage)
  }
  return lastFault(stages) ?? { stages }
}

/** A share as `set` takes it: "50%" is 0.5. */
export function parseShare(text: string): { share: number } | { error: string } {
  const match = text.trim().match(/^([+\-−]?\d+(?:\.\d+)?)\s*(?:%|％|percent)$/i)
  if (!match?.[1]) return { error: `Expected a percentage such as 50%, got "${text}".` }
  const value = Number(match[1].replace('−', '-'))
  if (value <= 0)
    return { error: `Expected more than 0 %, got ${text}. To take the build off all stations: abort.` }
  if (value > 100) return { error: `Expected at most 100 %, got ${text}.` }
  return { share: value / 100 }
}

function parseStage(piece: string): StageTarget | { error: string } {
  if (/^all$/i.test(piece)) return { share: 1 }
  if (/[%％]|percent$/i.test(piece)) return parseShare(piece)
  const counted = piece.match(/^(\d+)(?:stations?)?$/i)?.[1]
  if (counted !== undefined) {
    const stations = Number(counted)
    if (stations === 0) return { error: `Expected at least 1 station, got "${piece}".` }
    return Number.isSafeInteger(stations)
      ? { stations }
      : { error: `Expected a count of stations, got "${piece}".` }
  }
  if (/^\d*\.\d+$/.test(piece))
    return {
      error: `Expected a percentage or a whole number of stations, got "${piece}": did you mean ${asPercent(piece)}?`,
    }
  return { error: `Expected a number of stations or a percentage, ${example}; got "${piece}".` }
}

function asPercent(fraction: string): string {
  const value = Number(fraction)
  return `${Number((value <= 1 ? value * 100 : value).toFixed(4))}%`
}

/** Counts and shares cannot be compared before the fleet is known. */
function orderFault(before: StageTarget | undefined, stage: StageTarget): string | null {
  if (before === undefined) return null
  const grows =
    'share' in before && 'share' in stage
      ? stage.share > before.share
      : 'stations' in before && 'stations' in stage
        ? stage.stations > before.stations
        : !('share' in before && before.share === 1)
  return grows
    ? null
    : `Expected every stage to be larger than the one before: ${targetLabel(stage)} comes after ${targetLabel(before)}.`
}

function lastFault(stages: StageTarget[]): { error: string } | null {
  const last = stages.at(-1)
  if (last === undefined || ('share' in last && last.share === 1)) return null
  const hint = 'stations' in last && last.stations === 100 ? ' 100 means 100 stations; write 100%.' : ''
  return { error: `Expected the last stage to be 100%, got ${targetLabel(last)}.${hint}` }
}
