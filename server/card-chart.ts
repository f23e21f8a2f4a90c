// The picture of a card's chart: said what it will show at once, drawn apart when it is wanted.
import { createHash } from 'node:crypto'
import { cardChart } from '../views/charts/card-chart.ts'
import type { RolloutId } from './domain/ids.ts'
import type { RolloutCharts } from './domain/rollout-charts.ts'
import type { DrawPicture } from './picture-drawer.ts'

/** `hash` changes when the picture would. `alt` says in words what it shows. */
export type CardPicture = { hash: string; alt: string; draw: () => Promise<Buffer> }

export function cardPictures(charts: (id: RolloutId) => Promise<RolloutCharts | null>, draw: DrawPicture) {
  return async (id: RolloutId): Promise<CardPicture | null> => {
    const data = await charts(id)
    const chart = data && cardChart(data)
    if (!chart) return null
    const hash = createHash('sha256').update(JSON.stringify(chart.spec)).digest('base64url').slice(0, 16)
    return { hash, alt: chart.alt, draw: () => draw(chart.spec) }
  }
}
