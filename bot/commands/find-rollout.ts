// Which rollout a typed command means: the one named, or the only live one; never a guess between several.
import type { RolloutLine } from '../../server/domain/rollout-view.ts'
import type { ProcedureSummary, Service } from '../../server/service.ts'
import { join, type Markup, markup } from '../blocks/markup.ts'
import { isSlipOf, nearest } from '../nearest.ts'
import { typed, type Word } from '../words.ts'
import { leadingName } from './leading-name.ts'

export type Found = { rollout: RolloutLine; rest: Word[] } | { problem: Markup }

export async function findRollout(
  service: Pick<Service, 'procedures' | 'list'>,
  verb: string,
  words: Word[],
): Promise<Found> {
  const [procedures, live] = await Promise.all([service.procedures(), service.list({ live: true })])
  const named = leadingName(words, procedures)
  if (named) {
    const rollout = live.find((line) => line.procedure.id === named.match.id)
    if (rollout) return { rollout, rest: named.rest }
    const name = typed(named.match.name)
    return {
      problem: markup`No rollout of *${named.match.name}* is live. Start one with \`/rollout start ${name} VERSION\`, or see \`/rollout list\`.`,
    }
  }
  const slip = slipProblem(verb, words, procedures)
  if (slip) return { problem: slip }
  const [only] = live
  if (!only) return { problem: markup`No rollout is live. Start one with \`/rollout start\`.` }
  if (live.length === 1) return { rollout: only, rest: words }
  const commands = live.map(
    (line) => markup`\`${commandLine(verb, line.procedure.name, words)}\` (${line.deployment.version})`,
  )
  return {
    problem: markup`${live.length} rollouts are live: name the one you mean.\n${join(commands, '\n')}`,
  }
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

/** A misspelt name must not be taken for the first word of a reason: it would act on another rollout. */
function slipProblem(verb: string, words: Word[], procedures: ProcedureSummary[]): Markup | null {
  const [first, ...rest] = words
  const meant = first && procedures.find((procedure) => isSlipOf(first.text, procedure.name))
  if (!first || !meant) return null
  return markup`No procedure is called *${first.text}*. Did you mean \`${commandLine(verb, meant.name, rest)}\`?`
}

function commandLine(verb: string, procedure: string, rest: Word[]): string {
  return `/rollout ${verb} ${typed(procedure)} ${rest.map((word) => word.raw).join(' ')}`.trim()
}
