// The files that pages load: kept by browsers until their hash changes.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { AssetFile } from '../../../views/assets/page-assets.ts'
import { unlisted } from './door.ts'

const params = z.object({ file: z.string() })

export function assetRoutes(app: FastifyInstance, files: Map<string, AssetFile>): void {
  app.get('/assets/:hash/:file', unlisted, async (request, reply) => {
    const { file } = params.parse(request.params)
    const asset = files.get(file)
    if (!asset) return reply.callNotFound()
    reply.headers({
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      etag: asset.etag,
      vary: 'accept-encoding',
    })
    if (request.headers['if-none-match']?.includes(asset.etag)) return reply.code(304).send()
    reply.type(asset.type)
    const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
    return zipped ? reply.header('content-encoding', 'gzip').send(asset.zipped) : reply.send(asset.body)
  })
}
