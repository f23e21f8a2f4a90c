// A gate: a rule over two arms. What it asks is data, so that a plan can carry it and a person can read it.
import { z } from 'zod'
import { longestMetricName } from '../run-metrics.ts'
import { expressionText } from './expression.ts'

/** Judged on counts, by evidence that stays valid at every look. Each takes part of the alarm budget. */
export const countedMetrics = [
  'first-pass yield',
  'first-pass yield rise',
  'error rate',
  'timeout rate',
  'duration',
  'measurement coverage',
  'custom',
  'error budget',
  'shadow pairs',
] as const
/** Conditions: they hold or they do not. They take no alpha and promise none. */
export const conditionMetrics = [
  'telemetry',
  'new failure mode',
  'reference samples',
  'mixed builds',
  'sample ratio',
] as const
export const gateMetrics = [...countedMetrics, ...conditionMetrics] as const
export const gateMetric = z.enum(gateMetrics)
export type GateMetric = z.infer<typeof gateMetric>

/** What a breach may do: only be shown and told, pause the rollout, or take every station back to base. */
export const gateMode = z.enum(['observe', 'pause', 'roll back'])
export type GateMode = z.infer<typeof gateMode>

/** What a gate is called, unique in its plan: what breaches and acknowledgements name, and what its counts are kept under. */
export const gateName = z.string().trim().min(1).max(60).refine(isOwnName, { error: anotherName })

function isOwnName(name: string): boolean {
  return !(name in Object.prototype)
}

function anotherName({ input }: { input?: unknown }): string {
  return `expected another name than "${input}", which the language itself gives to something`
}

/** A metric as runs report it: "rails / 3V3", "hallucination rate". */
const metricName = z.string().trim().min(1).max(longestMetricName).refine(isOwnName, { error: anotherName })

const common = {
  /** Its metric's name where none is given. */
  name: gateName.optional(),
  mode: gateMode.default('pause'),
  /** Indexes of the stages it acts in; elsewhere it only observes. Null: all. */
  stages: z.array(z.int().min(0).max(19)).min(1).nullable().default(null),
}

const counted = {
  ...common,
  /** This gate's part of the rollout's alarm budget: the chance of ever stopping a healthy rollout. */
  alpha: z.number().gt(0).lt(0.5).optional(),
  /** Its share of what the other gates leave of the budget, where no alpha is given. */
  weight: z.number().gt(0).max(100).optional(),
  /** Canary counts below which it never passes. */
  minimumSamples: z.int().min(0).max(10_000_000).default(0),
}

const { minimumSamples: _, ...withoutMinimum } = counted

const margins = {
  /** The bad rate tolerated, as a factor of what these stations are expected to have. */
  marginRelative: z.number().min(1).max(10).default(1.1),
  /** The bad rate tolerated on top of the expected one, as a fraction (0.005 is half a point). */
  marginPoints: z.number().min(0).lt(1).default(0),
  /** The bad rate that is severe, as a factor and as points: the larger of the two. */
  severeRelative: z.number().min(1).max(100).default(2),
  severePoints: z.number().min(0).lt(1).default(0),
}

const compared = {
  ...counted,
  ...margins,
  /** `base`: own past, corrected by what base does meanwhile; `own past`: without base; `absolute`: a set limit. */
  comparison: z.enum(['base', 'own past', 'absolute']).default('base'),
  /** For `absolute`: the good share promised. The limit is `burn` times the bad share it leaves. */
  objective: z.number().gt(0).lt(1).optional(),
  burn: z.number().min(1).max(1000).default(2),
}

/** How far a measured number may move before a run counts as beyond: a part of the usual value, or units of it. */
const shift = {
  shiftRelative: z.number().min(0).max(10).default(0.1),
  shiftBy: z.number().min(0).default(0),
  direction: z.enum(['increase', 'decrease', 'either']).default('increase'),
}

const own = { ...compared, name: gateName, metric: z.literal('custom') }
const oneForOne = { marginRelative: margins.marginRelative.unwrap().default(1) }

const oneGate = z.discriminatedUnion('metric', [
  z.strictObject({ metric: z.literal('first-pass yield'), ...compared }),
  z.strictObject({
    metric: z.literal('first-pass yield rise'),
    ...counted,
    /** Points of yield above what is expected and declared that are tolerated. */
    marginPoints: z.number().min(0).lt(1).default(0.03),
  }),
  z.strictObject({ metric: z.literal('error rate'), ...compared }),
  z.strictObject({ metric: z.literal('timeout rate'), ...compared }),
  z.strictObject({ metric: z.literal('duration'), ...counted, ...margins, ...oneForOne, ...shift }),
  z.strictObject({ metric: z.literal('measurement coverage'), ...counted, ...margins }),
  z.strictObject({
    metric: z.literal('error budget'),
    ...counted,
    /** Failures beyond the expected ones that this rollout may cost. */
    extraFailures: z.int().min(1).max(1_000_000),
  }),
  z.strictObject({
    metric: z.literal('shadow pairs'),
    ...withoutMinimum,
    /** Pairs below which it never passes. */
    minimumPairs: z.int().min(1).max(10_000_000).default(30),
    /** The part of the pairs by which the new build may be worse, beside what is declared. */
    marginPoints: z.number().min(0).lt(1).default(0),
    severeRelative: margins.severeRelative,
    severePoints: margins.severePoints,
  }),
  z.discriminatedUnion('statistic', [
    /** Bad is a run whose number lies beyond the mean of its station's past. */
    z.strictObject({ ...own, ...oneForOne, ...shift, statistic: z.literal('mean'), read: metricName }),
    /** Bad is a run whose number lies beyond that quantile of its station's past. */
    z.strictObject({
      ...own,
      ...oneForOne,
      ...shift,
      statistic: z.literal('quantile'),
      read: metricName,
      quantile: z.number().gt(0).lt(1).default(0.5),
    }),
    /** Bad is a run whose number is above or below a limit; without limits, one that is not zero. */
    z.strictObject({
      ...own,
      statistic: z.literal('rate'),
      read: metricName,
      above: z.number().optional(),
      below: z.number().optional(),
    }),
    /** Bad is a run of which the expression does not hold. */
    z.strictObject({ ...own, statistic: z.literal('behaviour'), expression: expressionText }),
  ]),
  z.strictObject({
    metric: z.literal('telemetry'),
    ...common,
    /** What must hold on every canary station, over the telemetry and checks of its last heartbeat. */
    expression: expressionText,
    /** How long it may fail before it is a breach. */
    forMinutes: z.number().min(0).max(1440).default(5),
    /** `base`: what base stations fail as well is not held against the build. */
    comparison: z.enum(['base', 'absolute']).default('base'),
  }),
  z.strictObject({
    metric: z.literal('new failure mode'),
    ...common,
    minimumRuns: z.int().min(1).default(3),
    minimumUnits: z.int().min(1).default(2),
  }),
  z.strictObject({ metric: z.literal('reference samples'), ...common }),
  z.strictObject({
    metric: z.literal('mixed builds'),
    ...common,
    /** Share of the canary stations' runs that may be of a third build. */
    limit: z.number().min(0).lt(1).default(0.05),
  }),
  z.strictObject({
    metric: z.literal('sample ratio'),
    ...common,
    /** Only where units are routed at random: the share of units that the canary stations are to get. */
    canaryShare: z.number().gt(0).lt(1),
  }),
])
type Named = z.output<typeof oneGate> & { name: string }
type NamedCounted = Extract<Named, { metric: (typeof countedMetrics)[number] }>

/** A gate as it judges: with its name, and with its part of the alarm budget where it takes one. */
export type Gate = CountedGate | ConditionGate
export type CountedGate = NamedCounted & { alpha: number }
export type ConditionGate = Extract<Named, { metric: (typeof conditionMetrics)[number] }>

export function isCounted(gate: Gate): gate is CountedGate {
  return 'alpha' in gate
}

/** Judged on the counts of stations: all but what compares two runs of one unit. */
export function isTallied(gate: Gate): gate is CountedGate {
  return isCounted(gate) && gate.metric !== 'shadow pairs'
}

/** Counts of the canary below which it never passes; 0: it names none. */
export function minimumOf(gate: CountedGate): number {
  return gate.metric === 'shadow pairs' ? gate.minimumPairs : gate.minimumSamples
}

/** Bad is what lies beyond the station's own usual number. */
export function isMeasured(gate: CountedGate): boolean {
  return gate.metric === 'measurement coverage' || 'shiftRelative' in gate
}

/** A rollout's gates together stop at most 1 in 20 healthy rollouts. */
export const alarmBudget = 0.05

/** The gates of a plan, each with a name of its own and its part of the alarm budget. */
export const gates = z
  .array(oneGate)
  .max(30)
  .transform((given) => shared(given.map((gate) => ({ ...gate, name: gate.name ?? gate.metric }))))
  .superRefine((value, context) => {
    value.forEach((gate, index) => {
      for (const fault of faults(gate, value.slice(0, index)))
        context.addIssue({ code: 'custom', path: [index, fault.at], message: fault.message })
    })
    const spent = alarmBudgetSpent(value)
    if (spent > alarmBudget + 1e-9)
      context.addIssue({
        code: 'custom',
        path: [],
        message: `the gates share an alarm budget of 5 %: their alphas add up to ${(spent * 100).toFixed(1)} %`,
      })
  })

export function alarmBudgetSpent(all: Gate[]): number {
  return all.reduce((sum, gate) => sum + (isCounted(gate) ? gate.alpha : 0), 0)
}

/** What alphas leave of the budget goes by weight to the gates that name none. */
function shared(given: Named[]): Gate[] {
  const takers = given.filter(takesAlpha)
  const spent = takers.reduce((sum, gate) => sum + (gate.alpha ?? 0), 0)
  const left = Math.max(0, alarmBudget - spent)
  const weights = takers.reduce((sum, gate) => sum + (gate.alpha === undefined ? weightOf(gate) : 0), 0)
  return given.map((gate) =>
    takesAlpha(gate) ? { ...gate, alpha: gate.alpha ?? (left * weightOf(gate)) / weights } : gate,
  )
}

function takesAlpha(gate: Named): gate is NamedCounted {
  return countedMetrics.some((metric) => metric === gate.metric)
}

/** Yield has the most to say and gets twice a guard's part; its rise takes its part from yield's. */
const usualWeights: Partial<Record<GateMetric, number>> = {
  'first-pass yield': 3,
  'first-pass yield rise': 1,
  'measurement coverage': 1,
  'error budget': 1,
}

function weightOf(gate: NamedCounted): number {
  return gate.weight ?? usualWeights[gate.metric] ?? 2
}

function faults(gate: Gate, before: Gate[]): { at: string; message: string }[] {
  const found: { at: string; message: string }[] = []
  if (before.some((other) => other.name.toLowerCase() === gate.name.toLowerCase()))
    found.push({
      at: 'name',
      message: `expected a name of its own for each gate, got "${gate.name}" twice: name one of them`,
    })
  const name = gate.name.toLowerCase()
  if (name !== gate.metric && gateMetrics.some((metric) => metric === name))
    found.push({
      at: 'name',
      message: `expected a name that is no other metric's, got "${gate.name}" for a gate on ${gate.metric}`,
    })
  if (/, (in|de)crease$/.test(name))
    found.push({
      at: 'name',
      message: `expected a name without ", increase" or ", decrease" at its end, under which a gate that looks both ways counts, got "${gate.name}"`,
    })
  if ('burn' in gate && gate.comparison === 'absolute') found.push(...absoluteFaults(gate))
  if (isCounted(gate) && gate.alpha <= 0)
    found.push({
      at: 'alpha',
      message: 'nothing of the alarm budget is left for this gate: lower the other alphas',
    })
  return found
}

function absoluteFaults({
  objective,
  burn,
}: {
  objective?: number | undefined
  burn: number
}): { at: string; message: string }[] {
  if (objective === undefined)
    return [
      {
        at: 'objective',
        message: 'an absolute gate needs its objective: expected a good share such as 0.98',
      },
    ]
  const most = 1 / (1 - objective)
  return burn < most * 0.999
    ? []
    : [
        {
          at: 'burn',
          message: `expected a burn below ${Number(most.toPrecision(3))}, at which every run may be bad, got ${burn}`,
        },
      ]
}

/** The set every plan has where its procedure's policy and its starter name no other. */
export const defaultGates: z.input<typeof gates> = [
  { metric: 'first-pass yield' },
  { metric: 'first-pass yield rise' },
  { metric: 'error rate' },
  { metric: 'timeout rate' },
  { metric: 'duration' },
  { metric: 'reference samples' },
  { metric: 'mixed builds' },
  { metric: 'new failure mode', mode: 'observe' },
]
