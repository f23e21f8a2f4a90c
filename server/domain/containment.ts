// The containment list: which units a build has judged that is not to be trusted, and what has become of them since.
import { z } from 'zod'
import { actor } from './actor.ts'
import type { GateMetric } from './gates/gate.ts'
import { deploymentId, rolloutId, runId, stationId } from './ids.ts'
import type { RolloutState } from './rollout/state.ts'

const place = z.object({ id: stationId, name: z.string(), site: z.string(), line: z.string() })
const verdictOfUnit = z.enum(['PASS', 'FAIL', 'ERROR', 'TIMEOUT'])

/** A unit once, with the last verdict that the build gave: the one it was shipped or scrapped on. */
export const containedUnit = z.object({
  serial: z.string(),
  verdict: verdictOfUnit,
  runId,
  /** When the test of that verdict began and ended, and on which station. */
  startedAt: z.number(),
  endedAt: z.number(),
  station: place,
  failureMode: z.string().nullable(),
  /** Runs of the unit on the build, those of them that passed, and the first one: since when it is in question. */
  runs: z.int(),
  passedRuns: z.int(),
  firstAt: z.number(),
  /** Its latest run on another build since then, one that decides before one that broke off; null: not tested again. */
  retest: z
    .object({
      outcome: verdictOfUnit,
      build: z.object({ id: deploymentId, version: z.string() }),
      station: z.object({ id: stationId, name: z.string() }),
      at: z.number(),
    })
    .nullable(),
  /** `open`: no run on a build that can be trusted has passed or failed it since. */
  state: z.enum(['open', 'confirmed good', 'confirmed bad']),
})
export type ContainedUnit = z.infer<typeof containedUnit>

const handled = z.object({
  units: z.int(),
  confirmedGood: z.int(),
  confirmedBad: z.int(),
  open: z.int(),
})
const station = z.object({
  name: z.string(),
  passed: z.int(),
  failed: z.int(),
  firstAt: z.number(),
  lastAt: z.number(),
})

/** What the list holds, counted in one look at the stored runs. */
export const containmentCounts = z.object({
  units: z.int(),
  runs: z.int(),
  firstAt: z.number().nullable(),
  lastAt: z.number().nullable(),
  /** Passed last: possible escapes. */
  escapes: handled,
  /** Failed, or without a verdict, last: possible false scrap. */
  falseScrap: handled.extend({ failed: z.int(), errors: z.int(), timeouts: z.int() }),
  /** Tested again on another build, decided or not. */
  retested: z.int(),
  /** Where the last verdicts were given, most units first, at most fifty; `stationCount`: of all. */
  stations: z.array(station),
  stationCount: z.int(),
  /** SHA-256 of the lines "unit verdict", ordered by their bytes: the same list has the same one. */
  digest: z.string(),
})
export type ContainmentCounts = z.infer<typeof containmentCounts>

/** Why there is something to contain. */
export const occasion = z.object({
  kind: z.enum(['breach', 'watch alarm', 'abort', 'rollback']),
  at: z.number(),
  gate: z.string().nullable(),
  why: z.string(),
  by: actor.nullable(),
})
export type Occasion = z.infer<typeof occasion>

/** A named person's word that a list has been dealt with, and how the list stood then. */
export const containmentSignOff = z.object({
  by: actor,
  at: z.number(),
  /** What was done with the units. */
  note: z.string(),
  units: z.int(),
  passed: z.int(),
  failed: z.int(),
  open: z.int(),
  digest: z.string(),
})
export type ContainmentSignOff = z.infer<typeof containmentSignOff>

export const containment = z.object({
  rolloutId,
  build: z.object({ id: deploymentId, version: z.string() }),
  /** Runs that started in [from, until): until a later rollout of the same build has its own list. */
  from: z.number().nullable(),
  until: z.number().nullable(),
  /** Oldest first; none: nothing has happened that asks for containment. */
  occasions: z.array(occasion),
  /** `escapes`: look at what passed first; `both`: both lists matter alike. */
  first: z.enum(['escapes', 'both']),
  counts: containmentCounts,
  /** Runs of a station on the build of which nobody knows the build: they may be of this one. */
  unattributed: z.object({ runs: z.int(), units: z.int() }),
  /** Runs that started earlier were deleted, and may be missing from the list; null: none is. */
  deletedBefore: z.number().nullable(),
  signOffs: z.array(containmentSignOff),
  /** `changed`: signed off, and the list is another one since. */
  state: z.enum(['nothing to contain', 'open', 'signed off', 'changed']),
})
export type Containment = z.infer<typeof containment>

/** Breaches that held something up, alarms of the watch, the abort. One that was only observed is no occasion. */
export function occasionsOf(state: RolloutState): Occasion[] {
  const breaches = 'breaches' in state ? state.breaches.filter(({ mode }) => mode !== 'observe') : []
  const alarms = 'alarms' in state ? state.alarms : []
  const abort = 'abort' in state && state.startedAt !== null ? [state.abort] : []
  return [
    ...breaches.map(({ openedAt, gate, headline }): Occasion => {
      return { kind: 'breach', at: openedAt, gate, why: headline, by: null }
    }),
    ...alarms.map(({ at, gate, headline }): Occasion => {
      return { kind: 'watch alarm', at, gate, why: headline, by: null }
    }),
    ...abort.map(({ at, why, by }): Occasion => ({ kind: 'abort', at, gate: null, why, by })),
  ].sort((one, other) => one.at - other.at)
}

/** A rise, a hole in what is measured, a known bad unit that passed: bad units were let through. */
export function looksFirstAt(state: RolloutState): Containment['first'] {
  const breaches = 'breaches' in state ? state.breaches.filter(({ mode }) => mode !== 'observe') : []
  const alarms = 'alarms' in state ? state.alarms : []
  const isOfEscapes = [...breaches, ...alarms].some(({ gate, severity }) => {
    const metric = state.plan.gates.find(({ name }) => name === gate)?.metric
    // Of reference samples, that a known good one failed is no escape: severe is that a known bad one passed.
    return metric === 'reference samples'
      ? severity === 'severe'
      : metric !== undefined && ofEscapes.includes(metric)
  })
  return isOfEscapes ? 'escapes' : 'both'
}

/** Gates whose every breach says that bad units may pass. */
const ofEscapes: GateMetric[] = ['first-pass yield rise', 'measurement coverage']

export function containmentState(
  occasions: Occasion[],
  { units, digest }: Pick<ContainmentCounts, 'units' | 'digest'>,
  latest: Pick<ContainmentSignOff, 'digest'> | undefined,
  hasLostRuns = false,
): Containment['state'] {
  // What was signed off stays so: the list is shorter because its runs were deleted, not because of what was found.
  if (hasLostRuns && latest !== undefined) return 'signed off'
  if (occasions.length === 0 || units === 0) return 'nothing to contain'
  if (latest === undefined) return 'open'
  return latest.digest === digest ? 'signed off' : 'changed'
}

/** "41 units judged by 2.5.0: 37 passed, 4 failed or broke off; 3 tested again" */
export function containmentHeadline({ build, counts }: Pick<Containment, 'build' | 'counts'>): string {
  const { units, escapes, falseScrap, retested } = counts
  const of = units === 1 ? '1 unit' : `${number(units)} units`
  const fails = falseScrap.errors + falseScrap.timeouts > 0 ? 'failed or broke off' : 'failed'
  return `${of} judged by ${build.version}: ${number(escapes.units)} passed, ${number(falseScrap.units)} ${fails}; ${number(retested)} tested again`
}

/** How the list has changed since somebody signed it off: "3 more units than Ana Lima signed off". */
export function changedSince({
  counts,
  signOffs: [latest],
}: Pick<Containment, 'counts' | 'signOffs'>): string {
  if (latest === undefined) return ''
  const more = counts.units - latest.units
  if (more > 0)
    return `${number(more)} more ${more === 1 ? 'unit' : 'units'} than ${latest.by.name} signed off`
  return more < 0
    ? `${number(-more)} fewer ${more === -1 ? 'unit' : 'units'} than ${latest.by.name} signed off`
    : `the same number of units as ${latest.by.name} signed off, with other verdicts`
}

function number(count: number): string {
  return count.toLocaleString('en-GB')
}
