// The verdict that stopped the rollout, named where it fell.
import { type ChartLayers, colours } from './chart-frame.ts'
import { type GateDifference, stops } from './gate-differences.ts'

export function stopMark(rows: GateDifference[], field: 'difference' | 'evidence'): ChartLayers {
  const first = rows.find(stops)
  if (!first) return []
  const nearTheEnd = first.n > (rows.at(-1)?.n ?? 0) * 0.8
  const x = { field: 'n', type: 'quantitative' } as const
  const y = { field, type: 'quantitative' } as const
  return [
    {
      data: { values: [first] },
      mark: { type: 'point', shape: 'diamond', filled: true, color: colours.breach, size: 170 },
      encoding: { x, y },
    },
    {
      data: { values: [first] },
      mark: {
        type: 'text',
        align: nearTheEnd ? 'right' : 'left',
        dx: nearTheEnd ? -12 : 12,
        dy: -12,
        fontWeight: 'bold',
      },
      encoding: { x, y, text: { field: 'verdict', type: 'nominal' } },
    },
  ]
}
