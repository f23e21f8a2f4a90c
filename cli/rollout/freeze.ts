// firstpass rollout freeze and unfreeze: no further station is taken, of one procedure or of all. Gates and aborts go on.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, type Session, textOf, textsOf, type Values } from '../command.ts'
import { allProcedures, procedureNamed, procedureOption, theProcedure } from '../find.ts'
import { Misuse } from '../misuse.ts'
import { reasonOption } from './act.ts'
import { needed } from './decide.ts'

const everything = 'everything'
/** `id` null: all procedures. */
type Scope = { id: string | null; name: string; zone: string }

export const freeze: Command = {
  name: 'rollout freeze',
  summary: 'no further station is taken; gates keep watching, aborts still work',
  operands: `PROCEDURE|${everything}`,
  options: {
    ...procedureOption,
    until: {
      type: 'string',
      value: 'TIME',
      help: '3h, "tomorrow 06:00" or 2026-12-24T18:00, on the clock of its factory; until it is lifted when absent',
    },
    site: { type: 'string', multiple: true, value: 'SITE', help: 'only there; may be repeated' },
    ...reasonOption,
  },
  example: 'everything --until "tomorrow 06:00" --reason "customer audit"',
  async run(values, operands, session) {
    const why = needed(values, 'a freeze needs a reason')
    const { id, name, zone } = await scopeOf(operands, values, session)
    const until = await untilOf(textOf(values, 'until'), zone)
    const body = { why, until, sites: textsOf(values, 'site') ?? [] }
    const done = await answerOf(
      id === null
        ? session.api.POST('/api/v1/freezes', { body })
        : session.api.POST('/api/v1/procedures/{id}/freezes', { params: { path: { id } }, body }),
    )
    return { json: done, text: `${done.did}\nfirstpass rollout unfreeze "${name}" lifts it` }
  },
}

export const unfreeze: Command = {
  name: 'rollout unfreeze',
  summary: 'lift the freezes of a procedure, or those of all of them',
  operands: `PROCEDURE|${everything}`,
  options: { ...procedureOption, ...reasonOption },
  example: 'everything --reason "the audit is over"',
  async run(values, operands, session) {
    const { id, name } = await scopeOf(operands, values, session)
    const { api } = session
    const policy = await answerOf(
      id === null
        ? api.GET('/api/v1/policy')
        : api.GET('/api/v1/procedures/{id}/policy', { params: { path: { id } } }),
    )
    const reason = textOf(values, 'reason')
    const query = reason === undefined ? {} : { reason }
    const own = policy.freezes.filter(({ scope, in_force }) => scope === policy.scope && in_force)
    const lifted = []
    for (const { id: held } of own)
      lifted.push(
        await answerOf(
          id === null
            ? api.DELETE('/api/v1/freezes/{freeze}', { params: { path: { freeze: held }, query } })
            : api.DELETE('/api/v1/procedures/{id}/freezes/{freeze}', {
                params: { path: { id, freeze: held }, query },
              }),
        ),
      )
    const others = policy.freezes.filter(({ scope, in_force }) => scope !== policy.scope && in_force)
    const text = [
      ...(lifted.length === 0 ? [`no freeze of ${name} is in force`] : lifted.map(({ did }) => did)),
      ...others.map(({ why }) => `${everything} is frozen still: ${why}`),
    ]
    return { json: { lifted: lifted.map(({ did }) => did), freezes: others }, text: text.join('\n') }
  },
}

async function scopeOf([named, more]: string[], values: Values, session: Session): Promise<Scope> {
  if (more !== undefined)
    throw new Misuse(
      `expected one procedure or ${everything}, got "${more}" too. A reason is given as --reason "…"`,
    )
  const name = named ?? procedureNamed(values, session)
  if (name === null) throw new Misuse(`expected a procedure, or ${everything}`)
  if (name.toLowerCase() !== everything) return theProcedure(name, session)
  const zones = new Set((await allProcedures(session.api)).map(({ zone }) => zone))
  const [only = 'UTC'] = zones
  return { id: null, name: everything, zone: zones.size > 1 ? '' : only }
}

/** ISO 8601 in UTC; null: until somebody lifts it. @param zone empty: there are several. */
async function untilOf(text: string | undefined, zone: string): Promise<string | null> {
  if (text === undefined) return null
  if (zone === '' && !/^\s*\d+(\.\d+)?\s*[a-z]+\s*$|(z|[+-]\d{2}:?\d{2})\s*$/i.test(text))
    throw new Misuse(
      `--until: the procedures are in several time zones: expected a length such as 3h, or a time with its offset such as 2026-12-24T18:00+01:00, got "${text}"`,
    )
  // Time zones take a while to load, and no other command asks for them.
  const { readUntil } = await import('../../server/domain/read-until.ts')
  const read = readUntil(text, Date.now(), zone || 'UTC')
  if ('error' in read) throw new Misuse(`--until: ${read.error}`)
  return new Date(read.until).toISOString()
}
