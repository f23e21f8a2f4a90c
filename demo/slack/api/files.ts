// files.*: the two-step upload and what is known of a file.
import { z } from 'zod'
import type { StoredFile } from '../state/files.ts'
import type { World } from '../state/world.ts'
import { type Method, method, refuse, text } from './answer.ts'
import { appMessage } from './chat.ts'

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': method(
    z.object({
      filename: z.string().min(1),
      length: z.coerce.number().int().min(1),
      alt_txt: text,
      alt_text: text,
    }),
    (args, world) => {
      const file = world.files.announce(args.filename, args.length, args.alt_txt ?? args.alt_text)
      return { ok: true, upload_url: `${world.baseUrl()}/upload/${file.id}`, file_id: file.id }
    },
  ),

  'files.completeUploadExternal': method(
    z.object({
      files: z.array(z.object({ id: z.string(), title: text })).min(1),
      channel_id: text,
      channels: text,
      initial_comment: text,
      thread_ts: text,
    }),
    (args, world) => {
      const stored = args.files.map((file) => world.files.find(file.id))
      if (stored.some((file) => file?.bytes === undefined)) return refuse('file_not_found')
      const channel = args.channel_id ?? args.channels
      const place = channel === undefined ? undefined : world.directory.conversation(channel)
      if (channel !== undefined && !place) return refuse('channel_not_found')
      if (place?.appIsMember === false) return refuse('not_in_channel')
      if (place?.isArchived) return refuse('is_archived')
      const completed = args.files.flatMap(({ id, title }) => {
        const file = world.files.change(id, {
          completedAt: world.now(),
          ...(title && { title }),
          ...(place && { channel: place.id }),
        })
        return file ? [file] : []
      })
      if (place)
        world.messages.post(
          appMessage(world, {
            channel: place.id,
            text: args.initial_comment ?? '',
            files: completed.map((file) => file.id),
            ...(args.thread_ts && { thread_ts: args.thread_ts }),
          }),
        )
      return { ok: true, files: completed.map((file) => filePayload(file, world)) }
    },
  ),

  'files.info': method(z.object({ file: z.string() }), (args, world) => {
    const file = world.files.find(args.file)
    return file?.completedAt === undefined
      ? refuse('file_not_found')
      : { ok: true, file: filePayload(file, world) }
  }),
}

function filePayload(file: StoredFile, world: World) {
  const url = `${world.baseUrl()}/files-pri/${world.team.teamId}-${file.id}/${encodeURIComponent(file.name)}`
  const isReady = world.files.isReady(file)
  return {
    id: file.id,
    created: Math.floor((file.completedAt ?? 0) / 1000),
    name: file.name,
    title: file.title,
    // Empty until processed, which is how an app can tell.
    mimetype: isReady ? file.mimetype : '',
    filetype: isReady ? (file.name.split('.').pop() ?? '') : '',
    size: file.length,
    user: world.team.botUserId,
    url_private: url,
    url_private_download: url,
    permalink: `${world.baseUrl()}/page/files/${file.id}`,
    alt_txt: file.altText ?? '',
  }
}
