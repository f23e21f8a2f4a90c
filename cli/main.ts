// The command line as a process of its own.
import { run } from './run.ts'

const ctrlC = new AbortController()
// The second time it ends at once.
process.once('SIGINT', () => ctrlC.abort())

const { env, stdin, stdout, stderr } = process
process.exitCode = await run(process.argv.slice(2), { env, stdin, stdout, stderr, signal: ctrlC.signal })
