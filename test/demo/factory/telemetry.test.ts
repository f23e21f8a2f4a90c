import { describe, expect, it } from 'vitest'
import { goodBuild } from '../../../demo/factory/build-behaviour.ts'
import { scenarios } from '../../../demo/factory/scenarios.ts'
import { stationTelemetry } from '../../../demo/factory/telemetry.ts'
import { holds } from '../../../server/domain/gates/expression.ts'
import { gates } from '../../../server/domain/gates/gate.ts'

const losing = scenarios.drops.candidate
const policy = scenarios.drops.policy
const gate = policy && 'gate' in policy ? policy.gate : null
const answer = (reading: ReturnType<ReturnType<typeof stationTelemetry>['read']>) =>
  holds(gate?.expression ?? '', { ...reading.telemetry, ...reading.checks })

describe('the telemetry of a station', () => {
  it('counts the cycles of its fixture on, and drops nothing with a good build', () => {
    const own = stationTelemetry({ seed: 1, station: 'LYON-L1-01' })
    const before = own.read(goodBuild).telemetry.fixture_cycles
    for (let run = 1; run <= 500; run++) {
      own.closed('base', goodBuild)
      const { telemetry, checks } = own.read(goodBuild)
      expect(telemetry).toMatchObject({ drops: 0, fixture_cycles: before + run })
      expect(telemetry.telemetry_gap_s).toBeLessThan(2)
      expect(checks).toEqual({ acceptance_suite_passed: true })
    }
  })

  it('drops more with every run of a build that loses it, and nothing any more once that is gone', () => {
    const own = stationTelemetry({ seed: 1, station: 'LYON-L1-01' })
    let before = 0
    for (let run = 1; run <= 50; run++) {
      own.closed('new', losing)
      const { telemetry, checks } = own.read(losing)
      expect(telemetry.drops - before).toBeGreaterThanOrEqual(1)
      expect(telemetry.drops - before).toBeLessThanOrEqual(3)
      before = telemetry.drops
      expect(telemetry.telemetry_gap_s).toBeGreaterThan(2)
      expect(checks).toEqual({ acceptance_suite_passed: false })
    }
    own.closed('base', goodBuild)
    expect(own.read(goodBuild)).toMatchObject({
      telemetry: { drops: 0 },
      checks: { acceptance_suite_passed: true },
    })
  })

  it('is what the gate of its scenario asks about, and differs between the builds', () => {
    expect(gates.safeParse([gate]).success).toBe(true)
    const own = stationTelemetry({ seed: 1, station: 'LYON-L1-01' })
    own.closed('base', goodBuild)
    expect(answer(own.read(goodBuild))).toBe('yes')
    own.closed('new', losing)
    expect(answer(own.read(losing))).toBe('no')
  })
})
