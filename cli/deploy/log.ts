// firstpass deploy log: adds lines to the log of a build, or shows it.
import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import type { Json } from '../api.ts'
import { type Command, Misuse, oneOf, type Session, textOf } from '../command.ts'
import { findBuild, procedureOption } from '../find.ts'
import { list, object, text } from '../read-json.ts'

const levels = ['debug', 'info', 'warning', 'error']
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
      help: `${levels.join(', ')}: of the lines added, or from which on`,
    },
    file: { type: 'string', value: 'FILE', help: 'add the lines of a file; - reads what is piped in' },
  },
  example: '2.5.0 --procedure FCT --level error --file build.log',
  async run(values, [named, ...words], session) {
    const level = oneOf(values, 'level', levels)
    const file = textOf(values, 'file')
    if (file !== undefined && words.length > 0) throw new Misuse('expected a text or --file, got both')
    const lines = file === undefined ? words : linesOf(await contentOf(file, session))
    const id = text(await findBuild(named, values, session), 'id')
    const url = `/api/v1/deployments/${id}/logs`
    if (words.length === 0 && file === undefined) return shown(await allLines(session, url, level ?? 'debug'))
    const said = file === undefined ? [lines.join(' ')] : lines
    for (let from = 0; from < said.length; from += mostLines) {
      const part = said.slice(from, from + mostLines)
      await session.ask('POST', url, {
        lines: part.map((message) => ({ level: level ?? 'info', message: message.slice(0, longestLine) })),
      })
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

async function allLines(session: Session, url: string, level: string): Promise<Json[]> {
  const found: Json[] = []
  for (let after = '0'; ; ) {
    const page = await session.ask('GET', `${url}?limit=${mostLines}&level=${level}&after=${after}`)
    found.push(...list(page, 'data'))
    const meta = object(page, 'meta')
    if (meta.has_more !== true) return found
    after = text(meta, 'next_after')
  }
}

function shown(lines: Json[]): { json: unknown; text: string } {
  const rows = lines.map(
    (each) => `${text(each, 'at')} ${text(each, 'level').padEnd(7)} ${text(each, 'message')}`,
  )
  return { json: { data: lines }, text: rows.length === 0 ? 'nothing was said yet' : rows.join('\n') }
}
