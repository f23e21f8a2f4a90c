// Runs the service until it is told to end. The database opens while the rest is loaded: by itself each takes a second.
import closeWithGrace from 'close-with-grace'
import { isAway } from '../db/away.ts'
import { openDatabase } from '../db/client.ts'
import { databaseOf, readSettings, SettingsError } from './config.ts'
import { whyOf } from './why-of.ts'

try {
  const opening = openDatabase(databaseOf(readSettings(process.env)))
  // Who waits for it is told; until then nobody does.
  opening.catch(() => {})
  const { startFirstpass } = await import('./firstpass.ts')
  const running = await startFirstpass({ env: process.env, opening })
  closeWithGrace({ delay: 10_000 }, ({ err }) => {
    // It would end without a word.
    if (err) running.log.fatal({ err }, 'nobody was ready for this error: the process ends')
    return running.close()
  })
} catch (error) {
  const said = whyOf(error)
  process.stderr.write(isAway(error) ? `The database broke off: ${said}. Start it again.\n` : `${said}\n`)
  process.exitCode = error instanceof SettingsError ? 2 : 1
  // Whatever is left of it must not keep a process that never served: whoever runs it waits for its end to start it again.
  setTimeout(() => process.exit(), 1_000).unref()
}
