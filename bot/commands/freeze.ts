// `/rollout freeze` and `/rollout unfreeze`: from now on, or again, stations are taken. Gates and aborts go on.
import type { PolicyScope } from '../../server/domain/policy.ts'
import { readUntil } from '../../server/domain/read-until.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type { ProcedureSummary, Service } from '../../server/service.ts'
import { join, type Markup, markup, said } from '../blocks/markup.ts'
import { capitalised } from '../blocks/wording.ts'
import { type Answer, missing, no, refusalText, type Subcommand } from './answer.ts'
import { commandLine, slipProblem } from './find-procedure.ts'
import { takeFlags } from './flags.ts'
import { leadingName } from './leading-name.ts'
import { isSlipOf } from './nearest.ts'
import { textOf, typed, type Word } from './words.ts'

type Scope = { scope: PolicyScope; name: string; zone: string | null; rest: Word[] }

export const freeze: Subcommand = {
  kind: 'Stop',
  verb: 'freeze',
  usage:
    'freeze PROCEDURE|everything [--until 3h | "tomorrow 06:00" | 2026-12-24T18:00] [--site SITE] reason',
  example: 'freeze everything --until "tomorrow 06:00" customer audit',
  summary: 'no further station is taken; gates keep watching, aborts still work',
  run: async ({ words, by, now, refused }, service) => {
    const flags = takeFlags(words, { moments: ['until'], valued: ['site'] })
    if ('error' in flags) return no(markup`${flags.error}`)
    const found = await findScope(service, 'freeze', flags.rest)
    if ('done' in found) return found
    const notAllowed = await refused('freeze', procedureOf(found.scope))
    if (notAllowed) return notAllowed
    const until = untilOf(flags.values.until, now, found.zone)
    if ('error' in until) return no(markup`--until: ${until.error}`)
    const why = textOf(found.rest)
    if (why === '') return missing('A freeze needs a reason.', `freeze ${typed(found.name)} --until 3h audit`)
    const sites = (flags.values.site ?? '').split(',').flatMap((site) => site.trim() || [])
    const done = await service.freeze(found.scope, { until: until.until, why, sites }, by)
    return isRefusal(done)
      ? no(refusalText(done))
      : told(done.did, markup`Lift it with \`/rollout unfreeze ${typed(found.name)}\``)
  },
}

export const unfreeze: Subcommand = {
  kind: 'Decide',
  verb: 'unfreeze',
  usage: 'unfreeze PROCEDURE|everything [reason]',
  example: 'unfreeze everything audit is over',
  summary: 'lift a freeze',
  run: async ({ words, by, refused }, service) => {
    const found = await findScope(service, 'unfreeze', words)
    if ('done' in found) return found
    const notAllowed = await refused('unfreeze', procedureOf(found.scope))
    if (notAllowed) return notAllowed
    const done = await service.unfreeze(found.scope, { id: null, why: textOf(found.rest) || null }, by)
    return isRefusal(done)
      ? no(refusalText(done))
      : told(done.did, markup`What still holds: \`/rollout status\``)
  },
}

const everything = 'everything'

/** A procedure, or all of them; never a guess between the two, unless there is one procedure only. */
async function findScope(
  service: Pick<Service, 'procedures'>,
  verb: string,
  words: Word[],
): Promise<Scope | Answer> {
  const procedures = await service.procedures()
  const named = leadingName(words, procedures)
  if (named) return scopeOf(named.match, named.rest)
  const [first, ...rest] = words
  const word = first?.text.toLowerCase() ?? ''
  if (['everything', 'all', 'every'].includes(word))
    return { scope: 'organisation', name: everything, zone: commonZone(procedures), rest }
  if (first && isSlipOf(word, everything))
    return no(markup`Did you mean \`${commandLine(verb, everything, rest)}\`?`)
  const slip = slipProblem(verb, words, procedures)
  if (slip) return no(slip)
  const [only] = procedures
  if (only && procedures.length === 1) return scopeOf(only, words)
  const commands = [everything, ...procedures.slice(0, 6).map(({ name }) => name)].map(
    (name) => markup`\`${commandLine(verb, name, words)}\``,
  )
  return no(markup`Name a procedure, or everything.\n${join(commands, '\n')}`)
}

function scopeOf({ id, name, zone }: ProcedureSummary, rest: Word[]): Scope {
  return { scope: id, name, zone, rest }
}

function procedureOf(scope: PolicyScope) {
  return scope === 'organisation' ? null : scope
}

/** Of all factories, where they share one. */
function commonZone(procedures: ProcedureSummary[]): string | null {
  const zones = new Set(procedures.map(({ zone }) => zone))
  const [only = 'UTC'] = zones
  return zones.size > 1 ? null : only
}

/** ISO 8601 in UTC, or null until somebody lifts it. */
function untilOf(
  text: string | undefined,
  now: number,
  zone: string | null,
): { until: string | null } | { error: string } {
  if (text === undefined) return { until: null }
  const read = readUntil(text, now, zone ?? 'UTC')
  if ('error' in read) return read
  const saysItsZone = /^\s*\d+(?:\.\d+)?\s*[a-z]+\s*$|(?:z|[+-]\d{2}:?\d{2})\s*$/i.test(text)
  if (zone === null && !saysItsZone)
    return {
      error: `The procedures are in several time zones: give a length such as 3h, or a time with its offset such as 2026-12-24T18:00+01:00; got "${text}".`,
    }
  return { until: new Date(read.until).toISOString() }
}

function told(did: string, next: Markup): Answer {
  return { done: true, text: markup`${said(capitalised(did), 800)}.\n${next}` }
}
