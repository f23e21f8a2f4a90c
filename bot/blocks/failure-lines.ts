// How the new build's runs failed, in a line for the card and the summary, and in a few for whoever looks into a breach.
import type { FailureSummary } from '../../server/domain/failures/failure-summary.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { type Markup, markup, oneLine } from './markup.ts'
import { count } from './numbers.ts'

type Category = FailureSummary['categories'][number]

const mostCategories = 4
const mostActions = 3

/** "12 of 64 runs, +9 beyond base: 7 limits (rail_3v3), 2 fixture; new: …". Null: nothing has failed. */
export function failureText({ failures }: RolloutView): string | null {
  if (failures === null || failures.failed === 0) return null
  const worse = beyondBase(failures)
  const shown = worse.length > 0 ? worse : failures.categories
  const kinds = shown.slice(0, mostCategories).map(kind)
  const fresh = failures.newModes.map((mode) => oneLine(mode, 60))
  const more = failures.newModeCount - fresh.length
  const news = fresh.length === 0 ? '' : `; new: ${fresh.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `${failures.failed} of ${count(failures.runs, 'run')}${against(failures)}${kinds.length === 0 ? '' : `: ${kinds.join(', ')}`}${news}`
}

export function failureLine(view: RolloutView): Markup[] {
  const text = failureText(view)
  return text === null ? [] : [markup`*Failures* ${text}`]
}

/** What is beyond base and what to do about it, the worst first. */
export function failureActions({ failures }: RolloutView): Markup[] {
  if (failures === null) return []
  return beyondBase(failures)
    .slice(0, mostActions)
    .map((each) => {
      const mode = each.mode === null ? '' : `, most of all ${oneLine(each.mode, 80)}`
      const where = each.mostly === null ? '' : `, mostly on ${oneLine(each.mostly, 40)}`
      const action = each.action === null ? '' : ` ${oneLine(each.action, 200)}`
      return markup`• *${each.category}* ${amount(each)} beyond base${mode}${where}.${action}`
    })
}

/** Less than half a failure more is none. */
function beyondBase({ categories }: FailureSummary): Category[] {
  return categories.filter(({ excess }) => excess !== null && excess >= 0.5)
}

function against({ excess }: FailureSummary): string {
  if (excess === null) return ''
  if (Math.abs(excess) < 0.5) return ', as base would have'
  return excess > 0
    ? `, +${Math.round(excess)} beyond base`
    : `, ${Math.round(-excess)} fewer than base would have`
}

function kind(each: Category): string {
  return `${amount(each)} ${each.category}${each.mode === null ? '' : ` (${oneLine(lastPart(each.mode), 40)})`}`
}

function amount({ excess, runs }: Category): number {
  return excess === null || excess < 0.5 ? runs : Math.round(excess)
}

/** Of "phase / measurement" the measurement says more. */
function lastPart(mode: string): string {
  return mode.split(' / ').at(-1) || mode
}
