// npm run slack:manifest -- --url https://… [--socket]: prints the manifest, ready to be pasted into Slack.
import { parseArgs } from 'node:util'
import { manifestFor } from './manifest-for.ts'

const usage = 'Usage: npm run slack:manifest -- --url https://firstpass.example.com [--socket]'

if (import.meta.main) main()

function main(): void {
  const asked = read(process.argv.slice(2))
  const made = 'fault' in asked ? asked : manifestFor(asked.url, asked)
  if ('fault' in made) {
    process.stderr.write(`${made.fault}\n${usage}\n`)
    process.exitCode = 2
    return
  }
  process.stdout.write(`${JSON.stringify(made, null, 2)}\n`)
}

function read(args: string[]): { url: string; socket: boolean } | { fault: string } {
  try {
    const { values } = parseArgs({
      args,
      options: { url: { type: 'string' }, socket: { type: 'boolean', default: false } },
    })
    if (values.url === undefined)
      return { fault: 'expected --url with the address of the service, got nothing' }
    return { url: values.url, socket: values.socket }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}
