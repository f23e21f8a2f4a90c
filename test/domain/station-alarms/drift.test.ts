import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../../server/domain/instant.ts'
import { isDrift } from '../../../server/domain/station-alarms/drift.ts'
import { noon } from '../../support/fixed-values.ts'
import { aForeignRun, aPin, aStationKnown, base, next, third } from '../../support/station-facts-builder.ts'

/** Asked to run v2 since ten minutes ago, and told so at once. */
const swapped = noon - 10 * minute
const swapping = aStationKnown({
  pins: [aPin({ to: swapped }), aPin({ deploymentId: next, from: swapped, servedAt: swapped })],
  shownAt: null,
})
const run = (deploymentId: typeof base, startedAt: number, late = false) =>
  aForeignRun({ deploymentId, startedAt, late })

describe('a run of another build than its station was asked for at that moment', () => {
  it('is drift; a run of the build that was asked for then is none, whenever it is uploaded', () => {
    expect(isDrift(run(third, noon), aStationKnown())).toBe(true)
    expect(isDrift(run(base, swapped - 1), swapping)).toBe(false)
    expect(isDrift(run(next, swapped), swapping)).toBe(false)
    // The interval of a pin is half-open: at the very moment of the change the next one holds.
    expect(isDrift(run(third, swapped - 1), swapping)).toBe(true)
  })

  it('is none before anything was asked of the station, and none between two pins', () => {
    expect(isDrift(run(third, noon - 48 * hour), aStationKnown())).toBe(false)
    const unpinned = aStationKnown({ pins: [aPin({ to: noon - hour })] })
    expect(isDrift(run(third, noon), unpinned)).toBe(false)
  })

  it('is the swap and no drift until the new build is shown', () => {
    expect(isDrift(run(base, swapped + 5 * minute), swapping)).toBe(false)
    expect(isDrift(run(third, swapped + 5 * minute), swapping)).toBe(true)
    const shown = { ...swapping, shownAt: swapped + minute }
    expect(isDrift(run(base, swapped + 30_000), shown)).toBe(false)
    expect(isDrift(run(base, swapped + 5 * minute), shown)).toBe(true)
    // The station's clock and ours need not agree to the second.
    expect(isDrift(run(base, swapped + minute + 90_000), shown)).toBe(false)
  })

  it('is drift once the swap is overdue: half an hour, or three usual gaps of a slow station', () => {
    expect(isDrift(run(base, swapped + 29 * minute), swapping)).toBe(false)
    expect(isDrift(run(base, swapped + 31 * minute), swapping)).toBe(true)
    const slow = { ...swapping, usualGapMs: 20 * minute }
    expect(isDrift(run(base, swapped + 59 * minute), slow)).toBe(false)
    expect(isDrift(run(base, swapped + 61 * minute), slow)).toBe(true)
  })

  it('has its time from when the station was told: one that was switched off meanwhile swaps when it is back', () => {
    const toldLate = {
      ...swapping,
      pins: [
        aPin({ to: swapped }),
        aPin({ deploymentId: next, from: swapped, servedAt: swapped + 14 * hour }),
      ],
    }
    expect(isDrift(run(base, swapped + 14 * hour + minute), toldLate)).toBe(false)
    expect(isDrift(run(base, swapped + 15 * hour), toldLate)).toBe(true)
  })

  it('is excused when it was made out of reach and sent later, unless that build was taken back', () => {
    const untold = {
      ...swapping,
      pins: [aPin({ to: swapped }), aPin({ deploymentId: next, from: swapped, servedAt: null })],
    }
    expect(isDrift(run(base, swapped + hour, true), untold)).toBe(false)
    expect(isDrift(run(base, swapped + hour, false), untold)).toBe(true)
    const reverted = { ...untold, revert: { takenBack: base, at: swapped, limitMs: hour } }
    expect(isDrift(run(base, swapped + 2 * hour, true), reverted)).toBe(true)
  })

  it('may be of what a superseded rollout had asked for: both changes came in one moment', () => {
    const superseded = aStationKnown({
      pins: [
        aPin({ deploymentId: next, to: swapped }),
        aPin({ from: swapped, to: swapped }),
        aPin({ deploymentId: third, from: swapped, servedAt: swapped }),
      ],
      shownAt: null,
    })
    expect(isDrift(run(next, swapped + minute), superseded)).toBe(false)
    expect(isDrift(run(next, swapped + 31 * minute), superseded)).toBe(true)
  })

  it('is judged by the revert limit where the build was taken back, told late or not', () => {
    const reverting = {
      ...swapping,
      pins: [aPin({ deploymentId: next, to: swapped }), aPin({ from: swapped, servedAt: noon })],
      revert: { takenBack: next, at: swapped, limitMs: hour },
    }
    expect(isDrift(run(next, swapped + 59 * minute), reverting)).toBe(false)
    expect(isDrift(run(next, swapped + 60 * minute), reverting)).toBe(true)
    expect(isDrift(run(next, swapped + 20 * minute), { ...reverting, shownAt: swapped + minute })).toBe(true)
  })
})
