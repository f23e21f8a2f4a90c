// Which procedure a typed command means, and the nearest right name to a wrong one.
import type { ProcedureSummary, Service } from '../../server/service.ts'
import { join, type Markup, markup } from '../blocks/markup.ts'
import { leadingName } from './leading-name.ts'
import { isSlipOf, nearest } from './nearest.ts'
import { typed, type Word } from './words.ts'

type Found = { procedure: ProcedureSummary; rest: Word[] } | { problem: Markup }

/** The one named, or the only one there is; never a guess between several. */
export async function findProcedure(
  service: Pick<Service, 'procedures'>,
  verb: string,
  words: Word[],
): Promise<Found> {
  const procedures = await service.procedures()
  const named = leadingName(words, procedures)
  if (named) return { procedure: named.match, rest: named.rest }
  const slip = slipProblem(verb, words, procedures)
  if (slip) return { problem: slip }
  const [only] = procedures
  if (!only) return { problem: markup`There are no procedures yet.` }
  if (procedures.length === 1) return { procedure: only, rest: words }
  const commands = procedures.slice(0, 8).map(({ name }) => markup`\`${commandLine(verb, name, words)}\``)
  const more = procedures.length > 8 ? [markup`… and ${procedures.length - 8} more`] : []
  return {
    problem: markup`There are ${procedures.length} procedures: name the one you mean.\n${join([...commands, ...more], '\n')}`,
  }
}

/** For commands without a reason, where every word has to be a name. Null: it is the name of one. */
export function namedProblem(verb: string, words: Word[], procedures: ProcedureSummary[]): Markup | null {
  if (words.length === 0) return null
  const named = leadingName(words, procedures)
  if (named?.rest.length === 0) return null
  if (named) return markup`${verb} takes a procedure only: \`/rollout ${verb} ${typed(named.match.name)}\``
  return unknownProcedure(verb, words.map((word) => word.text).join(' '), procedures)
}

export function unknownProcedure(verb: string, name: string, procedures: ProcedureSummary[]): Markup {
  const all = procedures.map((procedure) => procedure.name)
  const close = nearest(name, all)
  if (close.length > 0)
    return markup`No procedure is called *${name}*. Did you mean ${join(
      close.map((each) => markup`\`/rollout ${verb} ${typed(each)}\``),
      ' or ',
    )}?`
  if (all.length === 0) return markup`No procedure is called *${name}*: there are none yet.`
  const shown = all.slice(0, 10).join(', ')
  return markup`No procedure is called *${name}*. There are: ${shown}${all.length > 10 ? ' …' : ''}`
}

/** A misspelt name must not be taken for the first word of a reason: it would act on another procedure. */
export function slipProblem(verb: string, words: Word[], procedures: ProcedureSummary[]): Markup | null {
  const [first, ...rest] = words
  const meant = first && procedures.find((procedure) => isSlipOf(first.text, procedure.name))
  if (!first || !meant) return null
  return markup`No procedure is called *${first.text}*. Did you mean \`${commandLine(verb, meant.name, rest)}\`?`
}

export function commandLine(verb: string, procedure: string, rest: Word[]): string {
  return `/rollout ${verb} ${typed(procedure)} ${rest.map((word) => word.raw).join(' ')}`.trim()
}
