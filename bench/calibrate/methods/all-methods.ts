// The methods that are compared, ours first.
import type { Method } from '../watch.ts'
import { differenceInDifferences } from './difference-in-differences.ts'
import { fixedThreshold } from './fixed-threshold.ts'
import { growthBookInterval } from './growthbook-interval.ts'
import { kayentaFleetSeries } from './kayenta-fleet-series.ts'
import { kayentaStationBuckets } from './kayenta-station-buckets.ts'
import { mixtureSprt } from './mixture-sprt.ts'
import { naiveZ } from './naive-z.ts'
import { ownGates } from './own-evidence.ts'
import { ownGate } from './own-gate.ts'
import { pooledEProcess } from './pooled-e-process.ts'

export const allMethods: readonly Method[] = [
  ownGate(ownGates.plain),
  ownGate(ownGates.defaults),
  naiveZ,
  differenceInDifferences,
  kayentaFleetSeries,
  kayentaStationBuckets,
  fixedThreshold(3),
  fixedThreshold(0),
  growthBookInterval,
  mixtureSprt,
  pooledEProcess,
]

/** What our gates promise on healthy rollouts. */
export const ownPromises = Object.values(ownGates).map(({ name, alpha }) => ({ method: name, alpha }))
