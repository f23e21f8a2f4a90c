// Lets the person at the terminal cut a station's network and plug it in again.
import { createInterface } from 'node:readline'
import type { Factory } from './factory.ts'

type Cables = Pick<Factory, 'goOffline' | 'comeBack' | 'stationNames' | 'offlineNames'>

export function listenToOperator(deps: {
  input: NodeJS.ReadableStream
  factory: Cables
  say: (text: string) => void
}): { close(): void } {
  const lines = createInterface({ input: deps.input })
  lines.on('line', (line) => {
    const fault = obey(line, deps.factory)
    if (fault !== null) deps.say(fault)
  })
  return { close: () => lines.close() }
}

/** Does what the line says; what is wrong with it, else null. `back` alone means every station. */
export function obey(line: string, factory: Cables): string | null {
  const [verb = '', name] = line.trim().split(/\s+/)
  if (verb === '') return null
  if (verb !== 'offline' && verb !== 'back')
    return `Expected "offline STATION" or "back STATION", got "${line.trim()}".`
  if (name === undefined) {
    if (verb === 'offline') return `Which station? There are ${factory.stationNames.join(', ')}.`
    for (const each of factory.offlineNames()) factory.comeBack(each)
    return null
  }
  const found = factory.stationNames.find((each) => each.toLowerCase() === name.toLowerCase())
  if (found === undefined) return `No station is named ${name}. There are ${factory.stationNames.join(', ')}.`
  if (verb === 'offline') factory.goOffline(found)
  else factory.comeBack(found)
  return null
}
