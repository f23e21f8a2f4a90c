// firstpass keys make and rotate: a new key of a station, printed once.
import { answerOf } from '../../clients/api/client.ts'
import { type Answer, type Command, type Session, wholeOf } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { stationNamed } from '../stations/find-station.ts'
import { minuteText } from '../times.ts'

export const make: Command = {
  name: 'keys make',
  summary: 'give a station without a key one; it is printed once',
  operands: 'STATION',
  options: {},
  example: 'FCT-07',
  async run(_values, [named, ...rest], session) {
    if (rest.length > 0) throw new Misuse(`expected one station, got "${rest[0]}" too`)
    const id = await stationNamed(named, session)
    const params = { path: { id } }
    const { data } = await answerOf(session.api.GET('/api/v1/stations/{id}/keys', { params }))
    const present = data.find(({ state }) => state !== 'ended')
    if (present)
      throw new Misuse(
        `${named} has a key, ${present.prefix}…: expected a station without one. firstpass keys rotate replaces it`,
      )
    return made(id, 0, session)
  },
}

export const rotate: Command = {
  name: 'keys rotate',
  summary: 'give a station a new key; it is printed once, and the former one goes on for a while',
  operands: 'STATION',
  options: {
    'overlap-minutes': { type: 'string', value: 'MINUTES', help: 'how long the former one goes on; 60' },
  },
  example: 'FCT-07 --overlap-minutes 1440',
  async run(values, [named, ...rest], session) {
    if (rest.length > 0) throw new Misuse(`expected one station, got "${rest[0]}" too`)
    const overlap = wholeOf(values, 'overlap-minutes') ?? 60
    return made(await stationNamed(named, session), overlap, session)
  },
}

async function made(id: string, overlap_minutes: number, { api }: Session): Promise<Answer> {
  const body = { overlap_minutes }
  const key = await answerOf(api.POST('/api/v1/stations/{id}/keys', { params: { path: { id } }, body }))
  const former =
    key.former_ends_at === null ? '' : ` The former one ends at ${minuteText(key.former_ends_at)} UTC.`
  return { json: key, text: `${key.key}\n\nThis is shown once: put it on the station now.${former}` }
}
