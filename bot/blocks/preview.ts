// Which stations every stage of a plan would take, before anything is started.
import type { StagePreview } from '../../server/service.ts'
import { join, type Markup, markup, oneLine } from './markup.ts'
import { count, listed } from './numbers.ts'

export function previewText(preview: StagePreview): Markup {
  const before = preview.stages.map((_stage, index) => preview.stages.slice(0, index))
  const lines = preview.stages.map((stage, index) => {
    const taken = new Set(before[index]?.flatMap((each) => each.stations.map((station) => station.id)))
    const added = stage.stations
      .filter((station) => !taken.has(station.id))
      .map((station) => oneLine(station.name, 40))
    const names = added.length === 0 ? 'no further station' : listed(added, 6, 4)
    return markup`*Stage ${index + 1}*, ${oneLine(stage.label, 40)}: ${names}`
  })
  const left = preview.leftOut
    .slice(0, 5)
    .map((each) => `${oneLine(each.name, 40)} (${oneLine(each.why, 60)})`)
  const more = preview.leftOut.length > 5 ? ` and ${preview.leftOut.length - 5} more` : ''
  const leftOut = left.length === 0 ? [] : [markup`*Left out* ${left.join(', ')}${more}`]
  return join([markup`*${count(preview.stationCount, 'station')} take part*`, ...lines, ...leftOut], '\n')
}
