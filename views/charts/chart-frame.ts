// What all charts share: size, clock, colours and lettering.
import type { TopLevelSpec } from 'vega-lite'

export type ChartSpec = TopLevelSpec
export type ChartLayers = Extract<TopLevelSpec, { layer: unknown }>['layer']

/** `zone`: a drawing by the server is in UTC, one by the reader's browser in the reader's zone. */
export type ChartFrame = {
  width: number
  zone: 'utc' | 'local'
  /** A stretch of time can be drawn over it with the pointer. */
  brush?: boolean
}

/** Narrow enough to stay readable when a phone scales it down to its own width. */
export const serverFrame: ChartFrame = { width: 560, zone: 'utc' }

/** Every one at 3:1 or more on white and on near-black, so that one drawing serves both. */
export const colours = {
  canary: '#d97706',
  base: '#3b82c4',
  breach: '#d94141',
  ink: 'currentColor',
}

const yAxisWidth = 58
const rightMargin = 22

/** Vega has no letter widths on the server, so the plot's width is set rather than fitted around labels. */
export function plotWidth(frame: ChartFrame): number {
  return frame.width - yAxisWidth - rightMargin
}

export const timeTitle = { utc: 'Time (UTC)', local: 'Time (your zone)' }

/** A 24-hour clock; days and months where an axis spans them. */
export const timeFormat = {
  hours: '%H:%M',
  minutes: '%H:%M',
  date: '%-d %b',
  day: '%-d %b',
  week: '%-d %b',
  month: '%b %Y',
}

export function chartBase(
  frame: ChartFrame,
): Pick<ChartSpec, '$schema' | 'background' | 'padding' | 'config'> {
  const lettering = { labelColor: colours.ink, titleColor: colours.ink, labelFontSize: 13, titleFontSize: 13 }
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'transparent',
    padding: { left: 2, top: 6, right: 12, bottom: 2 },
    config: {
      font: 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
      // The drawing is one labelled image; marks read out one by one are noise.
      aria: false,
      text: { color: colours.ink, fontSize: 12 },
      view: { stroke: null },
      axis: {
        ...lettering,
        titleFontWeight: 'normal',
        titlePadding: 8,
        labelPadding: 6,
        domainColor: colours.ink,
        domainOpacity: 0.35,
        tickColor: colours.ink,
        tickOpacity: 0.35,
        gridColor: colours.ink,
        gridOpacity: 0.13,
      },
      axisX: {
        grid: false,
        labelFlush: true,
        labelFlushOffset: 4,
        tickCount: Math.max(3, Math.round(plotWidth(frame) / 95)),
      },
      axisY: {
        domain: false,
        ticks: false,
        tickCount: 5,
        minExtent: yAxisWidth - 4,
        maxExtent: yAxisWidth - 4,
        titleAnchor: 'end',
        titleAngle: 0,
        titleAlign: 'left',
        titleX: -yAxisWidth + 6,
        titleBaseline: 'bottom',
      },
      legend: {
        ...lettering,
        orient: 'bottom',
        direction: 'horizontal',
        titleFontWeight: 'normal',
        symbolSize: 90,
        symbolOpacity: 1,
        padding: 2,
        offset: 10,
      },
    },
  }
}
