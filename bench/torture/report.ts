// What a torture found, as text: its figures, the promises that held, and those that did not.
import { figure } from '../speed/table.ts'
import type { Told } from './torture.ts'

const mostFaults = 20

export function report({ figures, kept, faults, skipped }: Told): string {
  const width = Math.max(0, ...figures.map(({ name }) => name.length))
  const lines = figures.map(({ name, value, unit, note }) =>
    `  ${name.padEnd(width)}  ${figure(value)} ${unit}${note === undefined ? '' : ` (${note})`}`.trimEnd(),
  )
  const held = kept.map((promise) => `  holds   ${promise}`)
  const broken = faults
    .slice(0, mostFaults)
    .map(({ promise, seen }) => `  BROKEN  ${promise}\n          ${seen}`)
  const more = faults.length > mostFaults ? [`  … and ${faults.length - mostFaults} more`] : []
  const left = skipped === undefined ? [] : [`  SKIPPED ${skipped}`]
  return [...lines, ...held, ...broken, ...more, ...left].join('\n')
}
