// Finds procedures and builds by what people call them.
import type { Json } from './api.ts'
import { Misuse, type Session, textOf, type Values } from './command.ts'
import { list, text } from './read-json.ts'

export const procedureOption = {
  procedure: {
    type: 'string',
    short: 'p',
    value: 'PROCEDURE',
    help: 'the procedure by name, identifier or id; FIRSTPASS_PROCEDURE',
  },
} as const

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export async function findProcedure(values: Values, session: Session): Promise<Json> {
  const named = textOf(values, 'procedure') ?? session.env.FIRSTPASS_PROCEDURE ?? ''
  if (named === '') throw new Misuse('expected --procedure, got nothing')
  if (uuid.test(named)) return session.ask('GET', `/api/v1/procedures/${named}`)
  const all = list(await session.ask('GET', '/api/v1/procedures'), 'data')
  const by = (field: string) => all.find((each) => text(each, field).toLowerCase() === named.toLowerCase())
  const found = by('name') ?? by('identifier')
  if (found) return found
  const names = all.map((each) => text(each, 'name')).slice(0, 10)
  throw new Misuse(`no procedure is called "${named}". There are: ${names.join(', ') || 'none yet'}`)
}

/** By its id, or by its version in a procedure. */
export async function findBuild(named: string | undefined, values: Values, session: Session): Promise<Json> {
  if (named === undefined) throw new Misuse('expected a build: its id, or its version with --procedure')
  if (uuid.test(named)) return session.ask('GET', `/api/v1/deployments/${named}`)
  const procedure = await findProcedure(values, session)
  const builds = list(
    await session.ask('GET', `/api/v1/procedures/${text(procedure, 'id')}/deployments`),
    'data',
  )
  const found = builds.find((each) => text(each, 'version').toLowerCase() === named.toLowerCase())
  if (found) return session.ask('GET', `/api/v1/deployments/${text(found, 'id')}`)
  const latest = builds.map((each) => text(each, 'version')).slice(0, 5)
  throw new Misuse(
    `${text(procedure, 'name')} has no build "${named}". Latest: ${latest.join(', ') || 'none yet'}`,
  )
}
