// What the app's manifest offers to people: its commands and shortcuts, as the local workspace lists them.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { OfferedShortcut } from './slack/people/shortcut.ts'

const manifest = z.object({
  features: z.object({
    slash_commands: z.array(z.object({ command: z.string() })).default([]),
    shortcuts: z
      .array(z.object({ name: z.string(), type: z.enum(['global', 'message']), callback_id: z.string() }))
      .default([]),
  }),
})

export async function offeredByManifest(): Promise<{ commands: string[]; shortcuts: OfferedShortcut[] }> {
  const text = await readFile(new URL('../bot/manifest.json', import.meta.url), 'utf8')
  const { features } = manifest.parse(JSON.parse(text))
  return {
    commands: features.slash_commands.map((one) => one.command),
    shortcuts: features.shortcuts.map(({ name, type, callback_id }) => ({
      name,
      type,
      callbackId: callback_id,
    })),
  }
}
