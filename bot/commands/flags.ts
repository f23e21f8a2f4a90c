// Takes `--preset NAME` and its like out of a typed command, wherever they stand.
import { nearest } from './nearest.ts'
import type { Word } from './words.ts'

export type Flags<Name extends string> = { values: Partial<Record<Name, string>>; rest: Word[] }

/**
 * `valued` flags take the next word, `lists` go on while a comma does, `moments` take a time of day after a day,
 * `switches` take nothing. Phones turn `--` into a dash: both are read. A dash before any other word is text; two hyphens before one are a slip, and said so.
 */
export function takeFlags<Name extends string>(
  words: Word[],
  flags: { valued?: Name[]; lists?: Name[]; moments?: Name[]; switches?: Name[] },
): Flags<Name> | { error: string } {
  const { valued = [], lists = [], moments = [], switches = [] } = flags
  const known = [...valued, ...lists, ...moments, ...switches]
  const values: Partial<Record<Name, string>> = {}
  const rest: Word[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]
    if (!word) break
    const match = word.quoted ? null : word.text.match(/^(--|[—–])([a-z][a-z-]*)(?:=(.*))?$/i)
    const name = known.find((each) => each === match?.[2]?.toLowerCase())
    if (!match || (name === undefined && match[1] !== '--')) {
      rest.push(word)
      continue
    }
    if (name === undefined) return { error: unknownFlag(match[0], known) }
    if (values[name] !== undefined) return { error: `--${name} was given twice.` }
    if (switches.includes(name)) {
      values[name] = 'yes'
      continue
    }
    const given = match[3] ? [match[3]] : []
    const takesNext = () =>
      given.length === 0 ||
      (lists.includes(name) && goesOn(given.at(-1), words[at + 1])) ||
      (moments.includes(name) && isTimeAfterDay(given, words[at + 1]))
    while (takesNext()) {
      const next = words[at + 1]
      if (!next) break
      given.push(next.text)
      at += 1
    }
    if (given.length === 0) return { error: `--${name} expects a value after it.` }
    values[name] = given.join(' ')
  }
  return { values, rest }
}

function goesOn(last: string | undefined, next: Word | undefined): boolean {
  if (next === undefined) return false
  return last?.endsWith(',') === true || next.text.startsWith(',') || /^[%％]/.test(next.text)
}

/** "tomorrow 06:00", "2026-12-24 18:00", "friday at 18:00". */
function isTimeAfterDay(given: string[], next: Word | undefined): boolean {
  if (next === undefined || next.quoted) return false
  const [day = '', at] = given
  const isDay = /^(?:\d{4}-\d{2}-\d{2}|today|tonight|tomorrow|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)$/i.test(
    day,
  )
  const isTime = /^\d{1,2}:\d{2}$/.test(next.text)
  if (given.length === 1) return isDay && (isTime || next.text.toLowerCase() === 'at')
  return given.length === 2 && at?.toLowerCase() === 'at' && isTime
}

function unknownFlag(typed: string, known: string[]): string {
  const close = nearest(typed.replace(/^--/, ''), known)
  const offered = (close.length > 0 ? close : known).map((name) => `--${name}`).join(', ')
  return offered === ''
    ? `${typed} is not an option of this command.`
    : `${typed} is not an option of this command. ${close.length > 0 ? 'Did you mean' : 'It takes'} ${offered}?`
}
