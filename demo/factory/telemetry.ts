// What a station tells of itself with every heartbeat.
import type { BuildBehaviour } from './build-behaviour.ts'
import { random } from './random.ts'

export type Telemetry = {
  telemetry: {
    /** Seconds since the last reading that was kept. */
    telemetry_gap_s: number
    /** Readings dropped since the build was loaded. */
    drops: number
    /** How often the fixture has closed since it was made. */
    fixture_cycles: number
  }
  checks: { acceptance_suite_passed: boolean }
}

export function stationTelemetry(deps: { seed: number; station: string }) {
  const draw = random(deps.seed, deps.station, 'telemetry')
  let fixtureCycles = 2000 + Math.floor(30_000 * draw.uniform())
  let drops = 0
  let loaded: string | null = null

  /** The fixture closes on a unit. */
  function closed(deploymentId: string, build: Pick<BuildBehaviour, 'keepsTelemetry'>): void {
    if (deploymentId !== loaded) drops = 0
    loaded = deploymentId
    fixtureCycles += 1
    if (!build.keepsTelemetry) drops += 1 + Math.floor(3 * draw.uniform())
  }

  function read(build: Pick<BuildBehaviour, 'keepsTelemetry'>): Telemetry {
    const gap = build.keepsTelemetry ? 0.2 + 1.3 * draw.uniform() : 4 + 26 * draw.uniform()
    return {
      telemetry: { telemetry_gap_s: Number(gap.toFixed(2)), drops, fixture_cycles: fixtureCycles },
      checks: { acceptance_suite_passed: build.keepsTelemetry },
    }
  }

  return { closed, read }
}
