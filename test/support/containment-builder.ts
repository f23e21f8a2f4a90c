// A containment list as people see it; a test states only what matters to it.
import type { ContainedUnit, Containment } from '../../server/domain/containment.ts'
import { deploymentId, runId, stationId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import type { ContainmentService } from '../../server/service/containment.ts'
import { ines, noon, uuid } from './fixed-values.ts'
import { aRollout } from './rollout-view-builder.ts'

const build = { id: deploymentId.parse(uuid(2, 1)), version: '2.4.1' }

/** 41 units of one station: 37 passed, 4 failed, 3 of all tested again; asked for by a breach at noon. */
export function aContainment(part: Partial<Containment> = {}): Containment {
  return {
    rolloutId: aRollout().id,
    build,
    from: noon - 90 * minute,
    until: null,
    occasions: [
      { kind: 'breach', at: noon, gate: 'first-pass yield', why: 'first-pass yield 88.3 %', by: null },
    ],
    first: 'both',
    counts: {
      units: 41,
      runs: 44,
      firstAt: noon - 60 * minute,
      lastAt: noon - minute,
      escapes: { units: 37, confirmedGood: 1, confirmedBad: 1, open: 35 },
      falseScrap: {
        units: 4,
        confirmedGood: 1,
        confirmedBad: 0,
        open: 3,
        failed: 4,
        errors: 0,
        timeouts: 0,
      },
      retested: 3,
      stations: [
        { name: 'FCT-01', passed: 37, failed: 4, firstAt: noon - 60 * minute, lastAt: noon - minute },
      ],
      stationCount: 1,
      digest: 'd1',
    },
    unattributed: { runs: 0, units: 0 },
    deletedBefore: null,
    signOffs: [],
    state: 'open',
    ...part,
  }
}

export function aSignOff(
  part: Partial<Containment['signOffs'][number]> = {},
): Containment['signOffs'][number] {
  return {
    by: ines,
    at: noon + 30 * minute,
    note: 'all tested again by hand',
    units: 41,
    passed: 37,
    failed: 4,
    open: 38,
    digest: 'd1',
    ...part,
  }
}

export function aContainedUnit(index = 1, part: Partial<ContainedUnit> = {}): ContainedUnit {
  return {
    serial: `SN-${index}`,
    verdict: 'PASS',
    runId: runId.parse(uuid(5, index)),
    startedAt: noon - index * minute,
    endedAt: noon - index * minute + 42_000,
    station: { id: stationId.parse(uuid(3, 0)), name: 'FCT-01', site: 'Munich', line: 'Line 1' },
    failureMode: null,
    runs: 1,
    passedRuns: 1,
    firstAt: noon - index * minute,
    retest: null,
    state: 'open',
    ...part,
  }
}

/** Of pages that are not about it. */
export const noContainment: ContainmentService = {
  containment: async () => null,
  containedUnits: async () => null,
  signOffContainment: async () => ({ refused: 'not found', why: 'there is no such rollout', next: 'Look.' }),
}
export const noLedger = { ledger: async () => null, recomputed: async () => null }
