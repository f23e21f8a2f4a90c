// The one chart of a card, and its words.
import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { cardPictures } from '../../server/card-chart.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import { pictureDrawer } from '../../server/picture-drawer.ts'
import { cardChart } from '../../views/charts/card-chart.ts'
import { uuid } from '../support/fixed-values.ts'
import { noCharts, rolloutCharts, withErrorRate } from './support/rollout-charts.ts'

const healthy = rolloutCharts({ hours: 30, canaryYield: 0.97, baseYield: 0.98 })
const stopped = rolloutCharts({ hours: 30, canaryYield: 0.9, baseYield: 0.98, stopped: true })

describe('the chart of a card', () => {
  it('is not there while the new build has tested nothing', () => {
    expect(cardChart(noCharts)).toBeNull()
    const base = healthy.hours.filter(({ arm }) => arm === 'base')
    expect(cardChart({ ...healthy, hours: base })).toBeNull()
  })

  it('shows first-pass yield over time while no gate is in trouble', () => {
    const chart = cardChart(withErrorRate(healthy))
    expect(JSON.stringify(chart?.spec)).toContain('"title":"First-pass yield"')
    expect(chart?.spec).not.toHaveProperty('title')
    expect(chart?.alt).toMatch(/^First-pass yield over time\. .*canary .* of .* units, base .* of .* units/)
  })

  it('shows the difference of the gate that is breached, with its bounds in words', () => {
    const chart = cardChart(withErrorRate(stopped))
    expect(chart?.spec).toMatchObject({ title: { text: 'Difference: First-pass yield' } })
    expect(chart?.alt).toContain('always-valid interval')
  })

  it('says all of it in fewer words than Slack takes', () => {
    expect(cardChart(withErrorRate(stopped))?.alt.length).toBeLessThan(2000)
  })
})

describe('the picture of a card', () => {
  const id = rolloutId.parse(uuid(1, 1))

  it('is a PNG 1000 pixels wide, drawn without holding up this thread', async () => {
    const picture = await cardPictures(async () => healthy, pictureDrawer())(id)
    const before = performance.eventLoopUtilization()
    const png = (await picture?.draw()) ?? Buffer.alloc(0)
    const busy = performance.eventLoopUtilization(before).utilization
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect(png.readUInt32BE(16)).toBe(1000)
    expect(png.readUInt32BE(20)).toBeGreaterThan(350)
    // Drawn in this thread it would be busy all the time.
    expect(busy).toBeLessThan(0.5)
  })

  it('has another hash when the chart is another', async () => {
    const hashes = await Promise.all(
      [healthy, healthy, stopped].map(
        async (charts) => (await cardPictures(async () => charts, pictureDrawer())(id))?.hash,
      ),
    )
    expect(hashes[0]).toBe(hashes[1])
    expect(hashes[2]).not.toBe(hashes[0])
  })

  it('is none while nothing has run, or when the rollout is gone', async () => {
    expect(await cardPictures(async () => noCharts, pictureDrawer())(id)).toBeNull()
    expect(await cardPictures(async () => null, pictureDrawer())(id)).toBeNull()
  })
})
