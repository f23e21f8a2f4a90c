import { describe, expect, it } from 'vitest'
import { goodBuild } from '../../../demo/factory/build-behaviour.ts'
import { fleet } from '../../../demo/factory/fleet.ts'
import { factoryIncident } from '../../../demo/factory/incident.ts'
import { productOf } from '../../../demo/factory/product.ts'
import type { ScenarioName } from '../../../demo/factory/scenario.ts'
import { scenarios } from '../../../demo/factory/scenarios.ts'

const minute = 60_000
const [first, otherLine, , , , sameLine] = fleet(6, 1) as [
  Station,
  Station,
  Station,
  Station,
  Station,
  Station,
]
type Station = ReturnType<typeof fleet>[number]
const pulled = (deployment_id: string) => ({ procedure_id: 'p', deployment_id, state: 'pulled' as const })

function factory(name: ScenarioName) {
  const clock = { now: 0 }
  const offline: string[] = []
  const said: string[] = []
  const incident = factoryIncident({
    incident: scenarios[name].incident,
    candidate: { id: 'new', behaviour: scenarios[name].candidate },
    now: () => clock.now,
    goOffline: (station) => offline.push(station),
    say: (text) => said.push(text),
  })
  return { ...incident, clock, offline, said }
}

describe('what befalls the factory', () => {
  it('is nothing in most scenarios, and each build behaves as it does', () => {
    const { acknowledged, behaviourOf, productAt, heldMs, offline, said } = factory('regression')
    acknowledged(first, pulled('new'))
    expect([offline, said]).toEqual([[], []])
    expect(behaviourOf(first, 'base')).toBe(goodBuild)
    expect(behaviourOf(first, 'new')).toBe(scenarios.regression.candidate)
    expect(productAt(first, 30)).toBe(productOf(first, 30))
    expect(heldMs('new')).toBe(0)
  })

  it('is nothing before a station has the new build', () => {
    for (const name of ['silent', 'bad-station', 'other-product', 'blind'] as const) {
      const { acknowledged, behaviourOf, productAt, heldMs, clock, offline, said } = factory(name)
      acknowledged(first, pulled('base'))
      clock.now += 30 * minute
      expect([offline, said]).toEqual([[], []])
      expect(behaviourOf(first, 'base')).toEqual(goodBuild)
      expect(productAt(first, 1)).toBe('TX-200')
      expect(heldMs('new')).toBe(0)
    }
  })

  it('lets the first station that has the new build never let go of it', () => {
    const { acknowledged, keptBy, said } = factory('stuck-station')
    expect(keptBy(first)).toBeNull()
    acknowledged(first, pulled('new'))
    acknowledged(otherLine, pulled('new'))
    expect([first, otherLine].map(keptBy)).toEqual(['new', null])
    expect(said).toEqual([`${first.name} runs the new build from now on, whatever it is asked to run.`])
    expect(factory('healthy').keptBy(first)).toBeNull()
  })

  it('takes the network of the first station, and of no other', () => {
    const { acknowledged, offline } = factory('silent')
    acknowledged(first, pulled('new'))
    acknowledged(otherLine, pulled('new'))
    expect(offline).toEqual([first.name])
  })

  it('wears out the fixture of the first station alone, for any build and for good', () => {
    const { acknowledged, behaviourOf, said } = factory('bad-station')
    acknowledged(first, pulled('new'))
    acknowledged(otherLine, pulled('new'))
    expect(said).toEqual([`The fixture of ${first.name} is worn out.`])
    for (const build of ['base', 'new']) {
      expect(behaviourOf(first, build)).toEqual({ ...goodBuild, passRate: 0.8 })
      expect(behaviourOf(otherLine, build)).toEqual(goodBuild)
      expect(behaviourOf(sameLine, build)).toEqual(goodBuild)
    }
  })

  it('turns the line of the first station to the harder product, and leaves the others', () => {
    const { acknowledged, productAt } = factory('other-product')
    acknowledged(first, pulled('new'))
    expect(sameLine.line).toBe(first.line)
    for (const index of [1, 40, 130]) {
      expect(productAt(first, index)).toBe('TX-300')
      expect(productAt(sameLine, index)).toBe('TX-300')
      expect(productAt(otherLine, index)).toBe(productOf(otherLine, index))
    }
  })

  it('keeps runs of the new build back after ten minutes, for three hours, once', () => {
    const { acknowledged, heldMs, clock } = factory('blind')
    acknowledged(first, pulled('new'))
    const heldAt = (minutes: number, build = 'new') => {
      clock.now = minutes * minute
      return heldMs(build) / minute
    }
    expect([heldAt(0), heldAt(9.9), heldAt(10), heldAt(189), heldAt(190), heldAt(1000)]).toEqual([
      0, 0, 180, 1, 0, 0,
    ])
    expect(heldAt(60, 'base')).toBe(0)
    acknowledged(otherLine, pulled('new'))
    expect(heldAt(1030)).toBe(0)
  })
})
