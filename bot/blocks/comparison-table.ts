// Canary against base as a table: a row for each measure, numbers on the right where they can be compared at a glance.
import type { RawTextElement, TableBlock } from '@slack/types'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { plain } from './build.ts'
import type { Comparison } from './comparison.ts'
import { seconds, signed } from './numbers.ts'
import { gateTitle, verdictWords } from './wording.ts'

type Row = [measure: string, canary: string, base: string, difference: string]

export function comparisonTable(view: RolloutView, measures: Comparison[], most: number): TableBlock {
  const [first, second, third, ...others] = measures.map(measureRow)
  const standing = [first, second, third].flatMap((row) => (row ? [row] : []))
  const rows: Row[] = [...standing, durationRow(view), ...others].slice(0, most)
  return {
    type: 'table',
    block_id: 'numbers',
    column_settings: [
      { align: 'left', is_wrapped: true },
      { align: 'right' },
      { align: 'right' },
      { align: 'right', is_wrapped: true },
    ],
    rows: [headings, ...rows].map((row) => row.map(cell)),
  }
}

const headings: Row = ['Measure', 'Canary', 'Base', 'Difference']

function measureRow(each: Comparison): Row {
  const delta =
    each.delta === null ? null : [each.delta, each.bounds, each.tolerated].filter((part) => part !== null)
  return [
    `${gateTitle(each.name)}${each.observes ? ' (observes)' : ''}${trouble(each)}`,
    each.canaryOf ?? 'none yet',
    each.referenceOf ?? 'none yet',
    delta === null ? 'too few to tell' : delta.join(' '),
  ]
}

/** In words: a colour or a sign alone tells nothing to who cannot see it. */
function trouble({ verdict }: Comparison): string {
  return verdict === 'severe' || verdict === 'breach' || verdict === 'grey'
    ? `: ${verdictWords[verdict]}`
    : ''
}

/** Median seconds of PASS runs: failed runs end sooner and would flatter. */
function durationRow({ canaryArm: canary, baseArm: base }: RolloutView): Row {
  const of = (passSeconds: number | null, runs: number) =>
    passSeconds === null ? 'none yet' : `${seconds(passSeconds)} of ${runs.toLocaleString('en-GB')}`
  return [
    'Duration, median PASS',
    of(canary.passSeconds, canary.passRuns),
    of(base.passSeconds, base.passRuns),
    canary.passSeconds === null || base.passSeconds === null
      ? 'too few to tell'
      : `${signed(canary.passSeconds - base.passSeconds, 1)}\u00a0s`,
  ]
}

function cell(text: string): RawTextElement {
  return { type: 'raw_text', text: plain(text, 70).text }
}
