import { describe, expect, it } from 'vitest'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { rolloutPage } from '../../views/rollout/rollout-page.ts'
import { anAlarm, aStationGoingBack, aWayBack } from '../support/alarm-builder.ts'
import { aRollout, aStation } from '../support/rollout-view-builder.ts'
import { aFrame, shownRollout } from './support/page-frame.ts'
import { read } from './support/read.ts'

const page = (part: Partial<RolloutView>) => read(rolloutPage(aRollout(part), shownRollout(), aFrame))

describe('the page of a rollout', () => {
  it('lists the alarms of its stations, and names them with the stations', () => {
    const text = page({ stations: [aStation(0), aStation(1)], stationAlarms: [anAlarm(1)] })
    expect(text).toContain(
      'Alarms of stations FCT-02 runs another build Ran 2.3.9 where 2.4.0 was asked for. since',
    )
    expect(text).toContain('12 runs so far')
    expect(text).toMatch(/FCT-02 Munich .* alarm: runs another build since/)
    expect(page({})).not.toContain('Alarms of stations')
  })

  it('says of an abort when each station was told, had pulled base and was proven back', () => {
    const out = aStationGoingBack(1, { provenAt: null, pulledAt: null, toldAt: null })
    const text = page({ status: 'aborting', reverting: aWayBack([aStationGoingBack(0), out]) })
    expect(text).toContain('Way back to 2.4.0')
    expect(text).toContain('1 of 2 stations proven back, 1 out: FCT-02 offline since')
    expect(text).toMatch(/FCT-02 – – not yet offline since .* FCT-01 .* 60\.0 s/)
    expect(page({})).not.toContain('Way back to')
  })
})
