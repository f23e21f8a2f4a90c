import { describe, expect, it } from 'vitest'
import { minute } from '../../server/domain/instant.ts'
import { aStationGoingBack, aWayBack } from '../support/alarm-builder.ts'
import { noon } from '../support/fixed-values.ts'

const back = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) =>
    aStationGoingBack(from + index, { provenAt: noon + (index + 1) * minute }),
  )
const out = (index: number, part = {}) => aStationGoingBack(index, { provenAt: null, ...part })

describe('the way back', () => {
  it('says who is out, since when they are offline, and how much of the limit is gone', () => {
    const seenAt = noon - 5 * minute
    const way = aWayBack([
      ...back(14),
      out(14, { pulledAt: null, toldAt: null, seenAt }),
      out(15, { seenAt: noon + 11 * minute }),
    ])
    expect(way).toMatchObject({ total: 16, proven: 14, out: 2, isOverdue: false, doneAt: null })
    expect(way.text).toBe(
      `14 of 16 stations proven back, 2 out: FCT-15 offline since ${new Date(seenAt).toISOString()}, FCT-16 has pulled it; 12 min of 60`,
    )
    expect(way.stations.slice(0, 2).map(({ name }) => name)).toEqual(['FCT-15', 'FCT-16'])
  })

  it('is overdue from the limit on', () => {
    const stations = [...back(1), out(1)]
    expect(aWayBack(stations, {}, noon + 59 * minute).isOverdue).toBe(false)
    const late = aWayBack(stations, {}, noon + 60 * minute)
    expect(late.isOverdue).toBe(true)
    expect(late.text).toMatch(/; 60 min of 60, overdue$/)
  })

  it('tells the first, the middle and the last time', () => {
    expect(aWayBack(back(4))).toMatchObject({
      firstMs: minute,
      medianMs: 2.5 * minute,
      lastMs: 4 * minute,
      doneAt: noon + 4 * minute,
    })
    expect(aWayBack(back(3)).text).toBe(
      '3 of 3 stations proven back; first after 60 s, median 2 min, last 3 min',
    )
  })

  it('waits for nobody who was waived, unlinked or asked for another build', () => {
    const way = aWayBack([...back(1), out(1, { excused: 'waived' })])
    expect(way).toMatchObject({ out: 0, proven: 1, isOverdue: false })
    expect(way.text).toMatch(/^1 of 2 stations proven back, 1 not waited for; /)
    expect(aWayBack([]).text).toBe('no station had the build; nothing to wait for')
  })
})
