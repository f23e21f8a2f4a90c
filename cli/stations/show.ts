// firstpass stations show: a station with what it is asked to run, what it took and what it ran.
import { answerOf } from '../../clients/api/client.ts'
import type { Command } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { facts, table } from '../table.ts'
import { minuteText } from '../times.ts'
import { stationNamed } from './find-station.ts'
import { asideText } from './list.ts'

export const show: Command = {
  name: 'stations show',
  summary: 'show a station: what it should run, what it took, what it ran, and what is wrong',
  operands: 'STATION',
  options: {},
  example: 'FCT-07',
  async run(_values, [named, ...rest], session) {
    if (rest.length > 0) throw new Misuse(`expected one station, got "${rest[0]}" too`)
    const path = { id: await stationNamed(named, session) }
    const station = await answerOf(session.api.GET('/api/v1/stations/{id}', { params: { path } }))
    const seen = station.last_seen_at === null ? '' : `, last seen ${minuteText(station.last_seen_at)} UTC`
    const of = facts([
      ['station', [station.name, station.site, station.line].filter(Boolean).join(', ')],
      ['id', station.id],
      ['is', `${station.connection}${station.busy ? ', busy' : ''}${seen}`],
      ['aside', asideText(station)],
      ['key', station.key_prefix && `${station.key_prefix}…`],
      ['clock', station.clock],
      ['tags', station.tags.join(', ')],
      ['fixtures', station.fixtures.join(', ')],
    ])
    const builds = table(
      station.procedures.map(({ name, status, desired, pulled, ran }) => [
        name,
        desired?.version ?? '',
        pulled ? `${pulled.version} ${pulled.state}` : '',
        ran ? `${ran.version} ${ran.outcome}, ${minuteText(ran.started_at)}` : '',
        status,
      ]),
      ['PROCEDURE', 'SHOULD RUN', 'TOOK', 'RAN (UTC)', 'SO IT IS'],
    )
    const troubles = [
      ...station.alarms.map(({ kind, since, detail }) => [minuteText(since), 'alarm', `${kind}: ${detail}`]),
      ...station.errors.map(({ at, code, message }) => [minuteText(at), code ?? 'error', message]),
    ]
    const parts = [of, station.procedures.length > 0 ? builds : '', table(troubles)]
    return { json: station, text: parts.filter((part) => part !== '').join('\n\n') }
  },
}
