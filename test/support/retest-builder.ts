// Units that are tested again: a test states which arm failed them and what they did since.
import type { DeploymentId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import type { RetestStations } from '../../server/domain/retest-choice.ts'
import { type ListedUnit, type RetestArm, type RetestPair, retestPairs } from '../../server/domain/retests.ts'
import { ines, noon } from './fixed-values.ts'
import { base, build, thirdBuild } from './plan-builder.ts'

export const builds = { canary: { id: build, version: 'v2' }, base: { id: base, version: 'v1' } }
export const bothInLyon: RetestStations = new Map([['Lyon', { canary: ['ST-01'], base: ['ST-02', 'ST-03'] }]])

type Since = ListedUnit['runs'][number]

const versions = new Map<DeploymentId | null, string>([
  [build, 'v2'],
  [base, 'v1'],
  [thirdBuild, 'v3'],
])

/** So many minutes after it was asked for. */
export function since(
  minutes: number,
  on: DeploymentId | null,
  outcome: Since['outcome'],
  more: Partial<Since> = {},
): Since {
  const startedAt = noon + minutes * minute
  return {
    outcome,
    startedAt,
    receivedAt: startedAt + minute,
    deploymentId: on,
    version: versions.get(on) ?? null,
    station: on === build ? 'ST-01' : 'ST-02',
    isSample: false,
    ...more,
  }
}

export function listed(failedIn: RetestArm, runs: Since[] = [], what: Partial<ListedUnit> = {}): ListedUnit {
  return {
    pair: 1,
    serial: `SN-${failedIn}`,
    failedIn,
    askedBy: ines,
    askedAt: noon,
    failed: {
      outcome: 'FAIL',
      at: noon - minute,
      station: failedIn === 'canary' ? 'ST-01' : 'ST-02',
      version: builds[failedIn].version,
      site: 'Lyon',
      failureMode: 'VCC rail 3 low',
    },
    runs,
    ...what,
  }
}

/** One pair of a unit that canary failed and one that base failed, by what each did since. */
export function pairOf(canaryFailed: Since[], baseFailed: Since[], pair = 1): RetestPair {
  const units = [listed('canary', canaryFailed, { pair }), listed('base', baseFailed, { pair })]
  const [made] = retestPairs(units, builds, bothInLyon)
  if (!made) throw new Error('no pair was made')
  return made
}

/** Both tested as asked: whether each passed. */
export function donePair(canaryFailedPasses: boolean, baseFailedPasses: boolean): RetestPair {
  const outcome = (passes: boolean) => (passes ? 'PASS' : 'FAIL')
  return pairOf([since(5, base, outcome(canaryFailedPasses))], [since(6, build, outcome(baseFailedPasses))])
}
