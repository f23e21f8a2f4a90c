// Which rollout is meant: by its id, by its procedure, or the only live one. Never a guess between several.
import { answerOf, Refused } from '../../clients/api/client.ts'
import type { Options, Session, Values } from '../command.ts'
import { procedureNamed, procedureOption, theProcedure, uuid } from '../find.ts'
import { Misuse } from '../misuse.ts'
import { table } from '../table.ts'
import { minuteText } from '../times.ts'
import { nameOf, type Rollout, type RolloutLine } from './rollout.ts'

/** What ROLLOUT may be, for the help. */
export const rolloutOptions: Options = {
  ...procedureOption,
  procedure: {
    ...procedureOption.procedure,
    help: 'whose rollout, by name, identifier or id, where ROLLOUT is not given; FIRSTPASS_PROCEDURE',
  },
}

const shortestId = /^[0-9a-f]{8}[0-9a-f-]*$/i

/**
 * @param named an id or its first eight characters or more, or a procedure: its live rollout
 * @param ended of a procedure without a live one its latest, which has ended
 */
export async function findRollout(
  named: string | undefined,
  values: Values,
  session: Session,
  { ended = false } = {},
): Promise<Rollout> {
  const { api } = session
  const byId = named !== undefined && uuid.test(named) ? await rolloutOrNull(session, named) : null
  if (byId) return byId
  if (named !== undefined && !uuid.test(named) && shortestId.test(named)) {
    const { data } = await answerOf(api.GET('/api/v1/rollouts', { params: { query: { limit: 200 } } }))
    const alike = data.filter(({ id }) => id.startsWith(named.toLowerCase()))
    if (alike.length > 0) return rolloutById(session, only(alike, `rollouts begin with ${named}`).id)
  }
  const procedure = named ?? procedureNamed(values, session)
  if (procedure === null) return rolloutById(session, onlyLive(await liveRollouts(session)).id)
  const { id, name } = await theProcedure(procedure, session)
  const query = { procedure_id: id, limit: 20 }
  const { data } = await answerOf(api.GET('/api/v1/rollouts', { params: { query } }))
  const found = data.find(isLive) ?? (ended ? data[0] : undefined)
  if (found) return rolloutById(session, found.id)
  if (ended) throw new Misuse(`there was no rollout of ${name} yet. firstpass rollout start begins one`)
  const last = data[0]
  const instead = last ? `; its latest, ${last.deployment.version}, is ${last.status}: ${last.id}` : ''
  throw new Misuse(`no rollout of ${name} is live${instead}. firstpass rollout list shows what there is`)
}

export async function rolloutById({ api }: Pick<Session, 'api'>, id: string): Promise<Rollout> {
  return answerOf(api.GET('/api/v1/rollouts/{id}', { params: { path: { id } } }))
}

export function isLive({ status }: Pick<RolloutLine, 'status'>): boolean {
  return status !== 'completed' && status !== 'aborted'
}

/** Null: it is the id of something else, such as its procedure. */
async function rolloutOrNull(session: Session, id: string): Promise<Rollout | null> {
  try {
    return await rolloutById(session, id)
  } catch (error) {
    // A token that is limited to procedures is told 403 of what is none of theirs.
    if (!(error instanceof Refused) || !['not_found', 'not_allowed'].includes(error.body.code)) throw error
    await theProcedure(id, session).catch(() => {
      throw error
    })
    return null
  }
}

async function liveRollouts({ api }: Session): Promise<RolloutLine[]> {
  return (await answerOf(api.GET('/api/v1/rollouts', { params: { query: { live: 'true' } } }))).data
}

function onlyLive(live: RolloutLine[]): RolloutLine {
  if (live.length === 0)
    throw new Misuse(
      'expected a rollout: its id, or its procedure. None is live: firstpass rollout list shows them',
    )
  return only(live, 'rollouts are live')
}

function only(found: RolloutLine[], are: string): RolloutLine {
  const [first] = found
  if (first && found.length === 1) return first
  const rows = found
    .slice(0, 10)
    .map((line) => [line.id, nameOf(line), line.status, minuteText(line.created_at)])
  throw new Misuse(`${found.length} ${are}: name the one you mean by its id.\n${table(rows)}`)
}
