// The verbs that settle one station or one gate: waive a silent station, acknowledge a breach.
import { type Command, textOf } from '../command.ts'
import { Misuse } from '../misuse.ts'
import { act, actOptions } from './act.ts'
import { needed, onlyOne } from './decide.ts'
import { findRollout, rolloutOptions } from './find-rollout.ts'
import type { Rollout } from './rollout.ts'

export const waive: Command = {
  name: 'rollout waive',
  summary: 'go on without a silent station',
  operands: '[ROLLOUT]',
  options: {
    ...rolloutOptions,
    station: { type: 'string', value: 'STATION', help: 'by its name or id' },
    ...actOptions,
  },
  example: 'FCT --station FCT-07 --reason "under repair until Monday"',
  async run(values, operands, session) {
    const named = textOf(values, 'station')
    if (named === undefined) throw new Misuse('expected --station, got nothing')
    needed(values, 'a waiver needs a reason')
    const rollout = await findRollout(onlyOne(operands), values, session)
    return act('waive', rollout, { station_id: stationIn(rollout, named) }, values, session)
  },
}

export const acknowledge: Command = {
  name: 'rollout acknowledge',
  summary: 'accept a breach with a reason; more evidence still stops it',
  operands: '[ROLLOUT]',
  options: {
    ...rolloutOptions,
    gate: { type: 'string', value: 'GATE', help: 'its name; needed where more than one breach is open' },
    ...actOptions,
  },
  example: 'FCT --gate "first-pass yield" --reason "known bad lot 4711"',
  async run(values, operands, session) {
    needed(values, 'an acknowledgement needs a reason')
    const rollout = await findRollout(onlyOne(operands), values, session)
    const gate = breachIn(rollout, textOf(values, 'gate'))
    return act('acknowledge', rollout, { gate }, values, session)
  },
}

function stationIn({ stations }: Rollout, named: string): string {
  const is = (text: string) => text.toLowerCase() === named.toLowerCase()
  const found = stations.find(({ id, name }) => is(id) || is(name))
  if (found) return found.id
  const names = stations.map(({ name }) => name)
  const shown = `${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`
  throw new Misuse(`no station of this rollout is called "${named}". There are: ${shown}`)
}

/** The one named, or the only one that is open. */
function breachIn({ breaches }: Rollout, named: string | undefined): string {
  const open = breaches.filter(({ closed }) => closed === null).map(({ gate }) => gate)
  const found =
    named === undefined
      ? open.length === 1 && open[0]
      : open.find((gate) => gate.toLowerCase() === named.toLowerCase())
  if (found) return found
  if (open.length === 0) throw new Misuse('no breach of this rollout is open')
  const what =
    named === undefined
      ? `${open.length} breaches are open: name the gate`
      : `no open breach is of "${named}"`
  throw new Misuse(`${what}. Open: ${open.join(', ')}`)
}
