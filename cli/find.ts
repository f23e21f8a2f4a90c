// Finds procedures and builds by what people call them.
import { type ApiClient, answerOf } from '../clients/api/client.ts'
import { type Session, textOf, type Values } from './command.ts'
import { Misuse } from './misuse.ts'

export type Procedure = Awaited<ReturnType<typeof allProcedures>>[number]
export type Build = Awaited<ReturnType<typeof buildById>>

export const procedureOption = {
  procedure: {
    type: 'string',
    short: 'p',
    value: 'PROCEDURE',
    help: 'the procedure by name, identifier or id; FIRSTPASS_PROCEDURE',
  },
} as const

export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export async function findProcedure(values: Values, session: Session): Promise<Procedure> {
  const named = procedureNamed(values, session)
  if (named === null) throw new Misuse('expected --procedure, got nothing')
  return theProcedure(named, session)
}

/** Null: neither the option nor the environment names one. */
export function procedureNamed(values: Values, { env }: Session): string | null {
  return textOf(values, 'procedure') ?? (env.FIRSTPASS_PROCEDURE || null)
}

export async function theProcedure(named: string, { api }: Session): Promise<Procedure> {
  if (uuid.test(named))
    return answerOf(api.GET('/api/v1/procedures/{id}', { params: { path: { id: named } } }))
  const all = await allProcedures(api)
  const is = (text: string | null) => text?.toLowerCase() === named.toLowerCase()
  const found = all.find(({ name }) => is(name)) ?? all.find(({ identifier }) => is(identifier))
  if (found) return found
  const names = all.map(({ name }) => name).slice(0, 10)
  throw new Misuse(`no procedure is called "${named}". There are: ${names.join(', ') || 'none yet'}`)
}

export async function allProcedures(api: ApiClient) {
  return (await answerOf(api.GET('/api/v1/procedures'))).data
}

/** By its id, or by its version in a procedure. */
export async function findBuild(named: string | undefined, values: Values, session: Session): Promise<Build> {
  if (named === undefined) throw new Misuse('expected a build: its id, or its version with --procedure')
  if (uuid.test(named)) return buildById(session.api, named)
  return buildOf(await findProcedure(values, session), named, session)
}

export async function buildOf(procedure: Procedure, named: string, { api }: Session): Promise<Build> {
  if (uuid.test(named)) return buildById(api, named)
  const path = { id: procedure.id }
  const builds = (await answerOf(api.GET('/api/v1/procedures/{id}/deployments', { params: { path } }))).data
  const found = builds.find(({ version }) => version.toLowerCase() === named.toLowerCase())
  if (found) return buildById(api, found.id)
  const latest = builds.map(({ version }) => version).slice(0, 5)
  throw new Misuse(`${procedure.name} has no build "${named}". Latest: ${latest.join(', ') || 'none yet'}`)
}

async function buildById(api: ApiClient, id: string) {
  return answerOf(api.GET('/api/v1/deployments/{id}', { params: { path: { id } } }))
}
