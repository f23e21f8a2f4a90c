// How far a rollout is, told while a command waits: one line that is redrawn on a terminal, elsewhere a line for each change.
import type { Output } from '../command.ts'
import { nameOf, type Rollout, standing } from './rollout.ts'

const barWidth = 20

export type Progress = { tell(rollout: Rollout): void; clear(): void }

/** @param time in front of each line that is kept */
export function progress(output: Output, time: () => string): Progress {
  let last = ''
  return output.isTTY
    ? {
        tell(rollout) {
          const line = [...`${bar(rollout)} ${progressLine(rollout)}`]
            .slice(0, (output.columns ?? 80) - 1)
            .join('')
          if (line === last) return
          last = line
          output.write(`\r\u001b[K${line}`)
        },
        clear: () => output.write('\r\u001b[K'),
      }
    : {
        tell(rollout) {
          const line = changeLine(rollout)
          if (line === last) return
          last = line
          output.write(`${time()} ${line}\n`)
        },
        clear: () => {},
      }
}

/** With the number that moves most often. */
export function progressLine(rollout: Rollout): string {
  const open = rollout.readiness.items.find(({ met }) => !met)
  const waits = open?.text ?? rollout.waits_for[0]
  return `${nameOf(rollout)} ${standing(rollout)}${waits ? ` · ${waits}` : ''}`
}

/** Says a thing once: without the numbers that count up. */
function changeLine(rollout: Rollout): string {
  const kinds = rollout.readiness.items.filter(({ met }) => !met).map(({ kind }) => kind)
  const waits =
    rollout.status === 'aborting' ? [`${rollout.waits_for.length} stations on their way back`] : kinds
  return `${standing(rollout)}${waits.length > 0 ? ` · waits for ${waits.join(', ')}` : ''}`
}

/** Of the whole rollout: a stage that is half ready is half of its part. */
function bar({ stages, stage_index, readiness, status }: Rollout): string {
  const items = readiness.items.filter(({ needed }) => needed > 0)
  const shares = items.map(({ met, done, needed }) => (met ? 1 : Math.min(1, done / needed)))
  const within = shares.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / shares.length
  const share = status === 'completed' ? 1 : (Math.max(0, stage_index) + within) / Math.max(1, stages.length)
  const full = Math.min(barWidth, Math.floor(share * barWidth))
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`
}
