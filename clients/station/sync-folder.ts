// Makes a new or renamed file outlive a loss of power: its name is kept by the folder, not by the file.
import { open } from 'node:fs/promises'

/** Windows opens no folders, and does not need to. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}
