// firstpass deploy log: adds lines to the log of a build, or shows it.
import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { answerOf } from '../../clients/api/client.ts'
import { type Command, oneOf, type Session, textOf } from '../command.ts'
import { findBuild, procedureOption } from '../find.ts'
import { Misuse } from '../misuse.ts'

const levels = ['debug', 'info', 'warning', 'error'] as const
type Level = (typeof levels)[number]
/** What the interface takes at a time, and of a line. */
const mostLines = 1000
const longestLine = 4000

export const log: Command = {
  name: 'deploy log',
  summary: 'show the log of a build, or add lines to it',
  operands: 'BUILD [TEXT …]',
  options: {
    ...procedureOption,
    level: {
      type: 'string',
      value: 'WORD',
      words: levels,
      help: 'of the lines added, or from which on',
    },
    file: { type: 'string', value: 'FILE', help: 'add the lines of a file; - reads what is piped in' },
  },
  example: '2.5.0 --procedure FCT --level error --file build.log',
  async run(values, [named, ...words], session) {
    const level = oneOf(values, 'level', levels)
    const file = textOf(values, 'file')
    if (file !== undefined && words.length > 0) throw new Misuse('expected a text or --file, got both')
    const lines = file === undefined ? words : linesOf(await contentOf(file, session))
    const { id } = await findBuild(named, values, session)
    if (words.length === 0 && file === undefined) return shown(await allLines(session, id, level ?? 'debug'))
    const said = file === undefined ? [lines.join(' ')] : lines
    for (let from = 0; from < said.length; from += mostLines) {
      const part = said.slice(from, from + mostLines)
      const lines = part.map((message) => ({
        level: level ?? ('info' as const),
        message: message.slice(0, longestLine),
      }))
      await answerOf(
        session.api.POST('/api/v1/deployments/{id}/logs', { params: { path: { id } }, body: { lines } }),
      )
    }
    return {
      json: { added: said.length },
      text: `added ${said.length} ${said.length === 1 ? 'line' : 'lines'}`,
    }
  },
}

async function contentOf(file: string, { stdin }: Session): Promise<string> {
  try {
    return file === '-' ? await readAll(stdin) : await readFile(file, 'utf8')
  } catch (error) {
    throw new Misuse(`--file: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The database keeps no U+0000, and an empty line says nothing. */
function linesOf(content: string): string[] {
  return content
    .replaceAll('\u0000', '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
}

type Line = Awaited<ReturnType<typeof page>>['data'][number]

async function allLines({ api }: Session, id: string, level: Level): Promise<Line[]> {
  const found: Line[] = []
  for (let after = 0; ; ) {
    const { data, meta } = await page(api, id, level, after)
    found.push(...data)
    if (!meta.has_more) return found
    after = meta.next_after
  }
}

function page(api: Session['api'], id: string, level: Level, after: number) {
  const params = { path: { id }, query: { limit: mostLines, level, after } }
  return answerOf(api.GET('/api/v1/deployments/{id}/logs', { params }))
}

function shown(lines: Line[]): { json: unknown; text: string } {
  const rows = lines.map(({ at, level, message }) => `${at} ${level.padEnd(7)} ${message}`)
  return { json: { data: lines }, text: rows.length === 0 ? 'nothing was said yet' : rows.join('\n') }
}
