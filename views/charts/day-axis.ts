// The axis of days: each day stands at its noon, whatever the reader's zone, since it is one of the factory's.
import type { DailyYields } from '../../server/domain/daily-counts.ts'
import { day } from '../../server/domain/instant.ts'
import { dateOf } from '../../server/domain/time-zone.ts'
import { type ChartFrame, type ChartLayers, colours, plotWidth } from './chart-frame.ts'

const format = '%-d %b'
const mostTicks = 6
const letterWidth = 7

export function dayAxis({ from, to, zone }: Pick<DailyYields, 'from' | 'to' | 'zone'>) {
  const domain: string[] = [`${from}T00:00:00Z`, `${to}T23:59:59Z`]
  return {
    field: 'day',
    type: 'temporal',
    title: `Day (${zone})`,
    scale: { type: 'utc', domain },
    axis: { format, values: tickDays(from, to) },
  } as const
}

/** As text: vega's expression interpreter takes a lone number for a year (vega#3632). */
function tickDays(from: string, to: string): string[] {
  const days = Math.round((Date.parse(to) - Date.parse(from)) / day) + 1
  const step = Math.ceil(days / mostTicks)
  return Array.from({ length: Math.ceil(days / step) }, (_, index) =>
    new Date(Date.parse(from) + (index * step + 0.5) * day).toISOString(),
  )
}

/** Before anything was counted there is nothing to show. */
export function fromFirstDay(yields: DailyYields): DailyYields {
  const first = yields.days[0]?.day
  if (first === undefined || first <= yields.from) return yields
  const marks = yields.marks.filter(({ at }) => dateOf(at, yields.zone) >= first)
  return { ...yields, from: first, marks }
}

/** Days as moments that every zone reads alike. */
export function atNoon<Point extends { day: string }>(points: Point[]): Point[] {
  return points.map((point) => ({ ...point, day: `${point.day}T12:00:00Z` }))
}

/** Upright lines for what happened, each with its label where there is room for it. */
export function dayMarks(
  yields: Pick<DailyYields, 'marks' | 'zone' | 'from' | 'to'>,
  frame: ChartFrame,
): ChartLayers {
  const x = { field: 'day', type: 'temporal' } as const
  const marks = yields.marks.map(({ at, label }) => ({ day: dateOf(at, yields.zone), label }))
  return [
    {
      data: { values: atNoon(marks) },
      mark: { type: 'rule', color: colours.ink, opacity: 0.5, strokeDash: [2, 3], clip: true },
      encoding: { x },
    },
    {
      data: { values: atNoon(labelled(marks, yields, frame)) },
      mark: { type: 'text', align: 'left', baseline: 'bottom', dx: 3, fontSize: 12, clip: false },
      encoding: { x, y: { value: -6 }, text: { field: 'label', type: 'nominal' } },
    },
  ]
}

/** The later of two labels that would run into each other stays away; its line is drawn. */
function labelled(
  marks: { day: string; label: string }[],
  { from, to }: Pick<DailyYields, 'from' | 'to'>,
  frame: ChartFrame,
): { day: string; label: string }[] {
  const [start, end] = [Date.parse(from), Date.parse(to) + day]
  const width = plotWidth(frame)
  let taken = Number.NEGATIVE_INFINITY
  return marks.flatMap(({ day: on, label }) => {
    const text = label.length > 18 ? `${label.slice(0, 17)}…` : label
    const left = ((Date.parse(on) - start) / (end - start)) * width
    const right = left + 6 + text.length * letterWidth
    if (left < taken || right > width + 20) return []
    taken = right
    return [{ day: on, label: text }]
  })
}
