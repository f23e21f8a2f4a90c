// Files by version 1 of TofuPilot's interface: a test record of OpenHTF is put at a signed address, then imported as a run.

import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../../db/client.ts'
import { addUpload, closeUpload, dropUploads, fillUpload, uploadOf } from '../../../db/uploads.ts'
import { runId } from '../../domain/ids.ts'
import { day, type Instant } from '../../domain/instant.ts'
import { readPythonJson } from '../../domain/tofupilot/python-json.ts'
import { readRecordOf, readTestRecord } from '../../domain/tofupilot/test-record.ts'
import type { UploadLinks } from '../../upload-links.ts'
import { demandsStation, open } from '../demands.ts'
import { HttpNo } from '../errors.ts'
import { words } from '../words.ts'
import { faulty } from './errors.ts'
import type { Keys } from './keys.ts'
import type { TakeRun } from './take-run.ts'

type Deps = {
  database: Database
  keys: Keys
  taking: TakeRun
  links: UploadLinks
  now: () => Instant
}

/** The Python client sends files of up to 10 MB. */
const largest = 12 * 1_048_576
/** An upload that nobody imported is of no use to anybody. */
const keptMs = day

export function uploadRoutes(scope: FastifyInstance, { database, keys, taking, links, now }: Deps): void {
  const { db } = database
  const tags = ['TofuPilot']

  const newUpload = z.object({
    name: words(1000),
    mimeType: z.string().nullish(),
    sizeBytes: z.number().nullish(),
  })
  scope.post(
    '/api/v1/uploads/initialize',
    {
      schema: {
        tags,
        security: demandsStation(),
        summary: 'Ask for an address to put a file at',
        description: 'It needs no key, is good for one file, and expires in ten minutes.',
        body: newUpload,
      },
    },
    async (request) => {
      const station = await keys.station(request)
      const { name, sizeBytes } = newUpload.parse(request.body)
      if ((sizeBytes ?? 0) > largest) throw tooLarge(sizeBytes ?? 0)
      const at = now()
      const id = randomUUID()
      await dropUploads(db, new Date(at - keptMs))
      await addUpload(db, { id, stationId: station.id, name, createdAt: new Date(at) })
      return { uploadUrl: links.address(id, at, `${request.protocol}://${request.host}`), id }
    },
  )

  void scope.register(async (files) => {
    files.removeAllContentTypeParsers()
    files.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    const put = z.object({ until: z.coerce.number(), key: z.string() })
    const oneUpload = z.object({ id: z.uuid() })
    files.put(
      '/api/v1/uploads/:id',
      {
        bodyLimit: largest,
        // Before the file is read: nobody without a signed address sends megabytes here.
        onRequest: async (request) => {
          const asked = put.safeParse(request.query).data ?? { until: 0, key: '' }
          // An id of no upload has no key that fits.
          const { id } = z.object({ id: z.string() }).parse(request.params)
          const why = links.refusal({ id, ...asked }, now())
          if (why !== null) throw new HttpNo(403, 'forbidden', why)
        },
        schema: { tags, summary: 'Put the file', params: oneUpload, querystring: put, security: open },
      },
      async (request) => {
        const { id } = oneUpload.parse(request.params)
        if (!(await fillUpload(db, id, textOf(request))))
          throw new HttpNo(
            409,
            'taken',
            'A file is there already, or has been imported: ask for another address.',
          )
        return { id }
      },
    )
  })

  const importBody = z.object({ upload_id: z.uuid(), importer: z.string() })
  scope.post(
    '/api/v1/import',
    {
      schema: {
        tags,
        security: demandsStation(),
        summary: 'Make a run of an uploaded test record',
        description: 'The same upload imported twice is one run.',
        body: importBody,
      },
    },
    async (request) => {
      const station = await keys.station(request)
      const { upload_id, importer } = importBody.parse(request.body)
      if (importer.toUpperCase() !== 'OPENHTF')
        throw new HttpNo(400, 'invalid', `importer: expected OPENHTF, got "${importer}"`)
      const upload = await uploadOf(db, upload_id, station.id)
      if (!upload) throw noUpload(upload_id)
      if (upload.runId !== null) return { id: upload.runId }
      if (upload.content === null)
        throw new HttpNo(409, 'not_now', 'The file has not arrived: put it at uploadUrl first.')
      const foreign = readTestRecord(readPythonJson(upload.content))
      if (!('native' in foreign)) throw faulty(foreign)
      const reporter = { stationId: station.id, own: true }
      const procedure_id = await taking.procedure(foreign.procedure, reporter)
      const read = readRecordOf({ ...foreign.native, procedure_id })
      if (!('run' in read)) throw faulty(read)
      const id = await taking.store(request, read.run, reporter)
      await closeUpload(db, upload_id, id)
      return { id }
    },
  )

  const sync = z.object({ upload_id: z.uuid(), run_id: runId })
  scope.post(
    '/api/v1/uploads/sync',
    {
      schema: {
        tags,
        security: demandsStation(),
        summary: 'Say which run an uploaded attachment belongs to',
        description: 'Attachments are taken and not kept: no verdict reads them.',
        body: sync,
      },
    },
    async (request) => {
      const station = await keys.station(request)
      const { upload_id, run_id } = sync.parse(request.body)
      if (!(await uploadOf(db, upload_id, station.id))) throw noUpload(upload_id)
      await closeUpload(db, upload_id, run_id)
      return { id: upload_id }
    },
  )
}

/** Only what may be a test record is kept; of an attachment nothing but that it came. */
function textOf(request: FastifyRequest): string {
  const isJson = String(request.headers['content-type'] ?? '').includes('json')
  if (!isJson || !Buffer.isBuffer(request.body)) return ''
  const text = request.body.toString('utf8')
  if (text.includes('\u0000')) throw new HttpNo(400, 'invalid', 'expected JSON, got bytes that are no text')
  return text
}

function tooLarge(bytes: number): HttpNo {
  return new HttpNo(413, 'too_large', `expected at most ${largest} bytes, got ${bytes}`)
}

function noUpload(id: string): HttpNo {
  return new HttpNo(404, 'not_found', `There is no upload ${id} of this station. It is kept for a day.`)
}
