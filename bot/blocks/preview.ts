// Which stations every stage of a plan would take, how long it may take and what it can see, before anything is started.
import type { StagePreview } from '../../server/service.ts'
import { type Markup, markup, oneLine } from './markup.ts'
import { count, listed } from './numbers.ts'

/** A line for each stage, then what is left out. */
export function previewLines(preview: StagePreview): Markup[] {
  return [
    markup`*${count(preview.stationCount, 'station')} ${preview.stationCount === 1 ? 'takes' : 'take'} part*`,
    ...preview.stages.map((_, index) => stageLine(preview, index)),
    ...paceLines(preview),
    ...leftOutLines(preview),
    ...troubleLines(preview),
  ]
}

function stageLine({ stages }: StagePreview, index: number): Markup {
  const stage = stages[index]
  const taken = new Set(stages[index - 1]?.stations.map((station) => station.id))
  const added = stage?.stations.filter((station) => !taken.has(station.id)) ?? []
  const names = listed(
    added.map((station) => oneLine(station.name, 40)),
    6,
    4,
  )
  const said = added.length === 0 ? 'no further station' : index === 0 ? names : `adds ${names}`
  const facts = stage === undefined ? [] : [timeText(stage.hoursToVerdict), dropText(stage.smallestDrop)]
  const known = facts.filter((fact) => fact !== null)
  const more = known.length === 0 ? '' : `; ${known.join(', ')}`
  return markup`*Stage ${index + 1}*, ${oneLine(stage?.label ?? '', 40)}: ${said}${more}`
}

/** Nothing to go by: not a promise that it takes no time. */
function paceLines({ stages }: StagePreview): Markup[] {
  return stages[0]?.hoursToVerdict === null
    ? [markup`*Time to a verdict* cannot be said: too little was tested on these stations lately`]
    : []
}

function leftOutLines({ leftOut }: StagePreview): Markup[] {
  if (leftOut.length === 0) return []
  const named = leftOut.slice(0, 5).map((each) => `${oneLine(each.name, 40)} (${oneLine(each.why, 60)})`)
  const more = leftOut.length > 5 ? ` and ${leftOut.length - 5} more` : ''
  return [markup`*Left out* ${named.join(', ')}${more}`]
}

function troubleLines({ trouble }: StagePreview): Markup[] {
  if (trouble.length === 0) return []
  const named = trouble
    .slice(0, 5)
    .map(({ name, what }) => `${oneLine(name, 40)} (${oneLine(what.join(', '), 100)})`)
  const more = trouble.length > 5 ? ` and ${trouble.length - 5} more` : ''
  return [markup`*In trouble, in the first stage* ${named.join(', ')}${more}`]
}

/** "about 6 h to a verdict". Null: nothing has run lately that would give a pace. */
function timeText(hours: number | null): string | null {
  if (hours === null) return null
  if (hours < 1) return 'under an hour to a verdict'
  const [amount, unit] = hours < 48 ? [Math.round(hours), 'h'] : [Math.round(hours / 24), 'days']
  return `about ${amount}\u00a0${unit} to a verdict`
}

/** "sees drops from 2.1 points". */
function dropText(drop: number | null): string | null {
  return drop === null ? null : `sees drops from ${(drop * 100).toFixed(1)}\u00a0points`
}
