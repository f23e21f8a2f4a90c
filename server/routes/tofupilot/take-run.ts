// What every foreign door does with a run: who reports it, may it, and the one ingest that the native door uses too.
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../../db/client.ts'
import {
  isLinked,
  type Procedure,
  procedureById,
  procedureByIdentifier,
  procedureByName,
  stationById,
  stationByName,
} from '../../../db/registry.ts'
import { type ProcedureId, procedureId, type RunId, type StationId, stationId } from '../../domain/ids.ts'
import { type Instant, minute } from '../../domain/instant.ts'
import type { RunInput } from '../../domain/run.ts'
import type { NamedProcedure } from '../../domain/tofupilot/old-run.ts'
import type { Received, Stored } from '../../ingest.ts'
import { HttpNo } from '../errors.ts'
import type { Keys } from './keys.ts'

type Deps = {
  database: Database
  keys: Keys
  take: (received: Received[]) => Promise<Stored[]>
  now: () => Instant
}
/** Whose run it is. `own`: it was reported with the station's key, which opens only the procedures it is linked to. */
export type Reporter = { stationId: StationId; own: boolean }
export type TakeRun = ReturnType<typeof takeRun>

const named = z.object({ station_id: z.string().nullish(), station_name: z.string().nullish() })
const naming = z.object({ ...named.shape, metadata: named.nullish().catch(null) })

export function takeRun({ database, keys, take, now }: Deps) {
  const { db } = database
  const linked = lately(now)
  const byWord = async (word: string): Promise<Procedure | null> =>
    (await procedureByName(db, word.trim())) ?? procedureByIdentifier(db, word.trim())

  return {
    /** A user's key says whose run it is in the body: every run here is of a station. */
    async reporter(request: FastifyRequest): Promise<Reporter> {
      if (!keys.isUser(request)) return { stationId: (await keys.station(request)).id, own: true }
      const said = naming.safeParse(request.body).data
      const id = said?.station_id ?? said?.metadata?.station_id
      const name = said?.station_name ?? said?.metadata?.station_name
      if (!id && !name)
        throw new HttpNo(
          400,
          'invalid',
          'station_id: expected the id of the station that ran it, or station_name, in the body or its metadata, because an API token is no station. Stations report with their own keys.',
        )
      const parsed = stationId.safeParse(id)
      const found = parsed.success
        ? await stationById(db, parsed.data)
        : await stationByName(db, name ?? id ?? '')
      if (found) return { stationId: found.id, own: false }
      throw new HttpNo(
        404,
        'not_found',
        `There is no station "${name ?? id}". GET /api/v2/stations lists them.`,
      )
    },

    /** A procedure as clients of version 1 name it: by id, by its short name or by its name. */
    async procedure({ id, name }: NamedProcedure, { own }: Reporter): Promise<ProcedureId> {
      if (id === null && name === null)
        throw new HttpNo(
          400,
          'invalid',
          'procedure_id: expected the id or the name of a procedure, got nothing',
        )
      const parsed = procedureId.safeParse(id)
      const found =
        (parsed.success ? await procedureById(db, parsed.data) : null) ??
        (id === null ? null : await byWord(id)) ??
        (name === null ? null : await byWord(name))
      if (!found) throw unknownProcedure(id ?? name ?? '', own)
      return found.id
    },

    /** @returns the id of the run, that of the first when it is a repeat. */
    async store(
      request: FastifyRequest,
      run: RunInput,
      { stationId: station, own }: Reporter,
    ): Promise<RunId> {
      const pair = `${station}/${run.procedure_id}`
      if (own && !linked.has(pair)) {
        if (!(await isLinked(db, run.procedure_id, station))) throw unknownProcedure(run.procedure_id, true)
        linked.add(pair)
      }
      const header = request.headers['x-deployment-id']
      const deploymentHeader = typeof header === 'string' ? header : null
      const bytes = Number(request.headers['content-length'] ?? 0)
      const [stored] = await take([{ input: run, stationId: station, deploymentHeader, bytes }])
      if (!stored || 'refused' in stored) throw unknownProcedure(run.procedure_id, own)
      if ('fault' in stored) throw stored.fault
      return stored.id
    },
  }
}

/** A station is not told whether a procedure exists that it is not linked to. */
function unknownProcedure(asked: string, own: boolean): HttpNo {
  return own
    ? new HttpNo(
        403,
        'forbidden',
        `Station not linked to this procedure: it is not authorized to report runs of ${asked}. Link the procedure to the station: POST /api/v1/procedures/{id}/stations/{station id}.`,
      )
    : new HttpNo(404, 'not_found', `Procedure not found: there is no procedure ${asked}.`)
}

/** What was so within the last minute, so that not every run asks again. A link that goes is noticed a minute later. */
function lately(now: () => Instant) {
  const until = new Map<string, Instant>()
  return {
    has: (what: string) => (until.get(what) ?? 0) > now(),
    add(what: string): void {
      if (until.size > 10_000) until.clear()
      until.set(what, now() + minute)
    },
  }
}
