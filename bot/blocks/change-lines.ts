// What the build changes of limits, phases and measurements, in as few lines as it needs: what nobody declared in full.
import type { ChangesView, ChangeView } from '../../server/domain/definition/changes-view.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { type Markup, markup, said } from './markup.ts'
import { count } from './numbers.ts'
import { named } from './wording.ts'

/** Those that hold, in full; the rest by number. Empty when nothing is changed. */
export function changeLines({ changes }: Pick<RolloutView, 'changes'>): Markup[] {
  if (changes === null) return []
  const holding = changes.list.filter(({ holds }) => holds).slice(0, mostLines)
  const lines = holding.map((change) => markup`*Limits* ${said(change.words, 240)}, *not declared*`)
  return [...lines, ...restLine(changes, holding.length)]
}

/** A line for each change with its standing, for a form or a message. */
export function changeList(list: ChangeView[], total: number, most: number): Markup[] {
  const lines = list.slice(0, most).map((change) => markup`• ${said(change.words, 300)}${standing(change)}`)
  const more = total - lines.length
  return more <= 0 ? lines : [...lines, markup`• and ${more} more on the page`]
}

const mostLines = 4

function restLine({ list, total, undeclared, holding }: ChangesView, shown: number): Markup[] {
  const accepted = list.filter(({ status }) => status === 'accepted').length
  const parts = [
    ...(holding > shown ? [`${holding - shown} more of limits, not declared`] : []),
    ...(undeclared > holding ? [`${count(undeclared - holding, 'other change')}, not declared`] : []),
    ...(accepted > 0 ? [`${accepted} accepted`] : []),
    ...(total - undeclared - accepted > 0 ? [`${total - undeclared - accepted} declared`] : []),
  ]
  return parts.length === 0 ? [] : [markup`*Changes of the test* ${parts.join('; ')}`]
}

function standing({ status, accepted, holds }: ChangeView): string {
  if (status === 'accepted') return accepted === null ? ', accepted' : `, accepted by ${named(accepted.by)}`
  if (status === 'declared') return ', declared'
  return holds ? '' : ', not declared'
}
