// The command line as a process of its own.
import { run } from './run.ts'

process.exitCode = await run(process.argv.slice(2), process)
