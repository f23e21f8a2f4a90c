// A rollback outside of a rollout as its channel sees it: who, when, why, and how far its stations are on their way back.
import type { Reverting } from '../../server/domain/reverting.ts'
import { type Message, messageText, section } from './build.ts'
import { join, type Markup, markup, moment, oneLine, said } from './markup.ts'
import { named } from './wording.ts'

export function rollbackMessage(procedure: { name: string }, way: Reverting): Message {
  const from = way.takenBack === null ? '' : ` from ${oneLine(way.takenBack.version, 40)}`
  const why = way.why === null || way.why === '' ? '' : `: ${oneLine(way.why, 300)}`
  const first = markup`*${oneLine(procedure.name, 60)} rolled back to ${oneLine(way.to.version, 40)}*${from} by ${named(way.by)}, ${moment(way.at)}${why}`
  const text = join([first, wayBack(way)], '\n')
  return { text: messageText(text), blocks: [section('rollback', text, 3000)] }
}

/** "Way back 14 of 16 stations proven back, 2 out: …" */
export function wayBack(way: Reverting): Markup {
  return markup`*${way.isOverdue ? 'Way back, overdue' : 'Way back'}* ${said(way.text, 700)}`
}
