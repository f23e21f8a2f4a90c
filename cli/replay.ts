// firstpass replay: a plan and its gates over stored history, in which no build changed: how often would they have stopped it?
import { setTimeout as after } from 'node:timers/promises'
import { answerOf } from '../clients/api/client.ts'
import { comeAgainMs, waited } from './again.ts'
import { type Answer, type Command, given, oneOf, type Session, textOf, wholeOf } from './command.ts'
import { findProcedure, type Procedure, procedureOption, theProcedure } from './find.ts'
import { Misuse } from './misuse.ts'
import { replayText } from './replay-text.ts'
import { presets } from './rollout/plan-options.ts'
import { lengthOf } from './times.ts'

const riskClasses = ['policy', 'low', 'standard', 'high'] as const

export const replay: Command = {
  name: 'replay',
  summary:
    'play a plan over stored history: how often healthy builds would have been stopped, and which drops found',
  operands: '[PROCEDURE]',
  options: {
    ...procedureOption,
    preset: { type: 'string', value: 'NAME', words: presets, help: 'the plan; standard when absent' },
    'risk-class': {
      type: 'string',
      value: 'WORD',
      words: riskClasses,
      help: 'whose gates are asked; policy, those of the procedure now, when absent',
    },
    days: { type: 'string', value: 'NUMBER', help: 'back from the newest run; 60' },
    rollouts: { type: 'string', value: 'NUMBER', help: 'starts that are drawn; 20' },
    seed: { type: 'string', value: 'NUMBER', help: 'another one is other starts; 1' },
    last: { type: 'boolean', help: 'show the last one instead of beginning another' },
    interval: { type: 'string', value: 'LENGTH', help: 'how often to look; 2s' },
  },
  example: 'FCT --preset careful --days 90',
  async run(values, [named, ...rest], session) {
    if (rest.length > 0) throw new Misuse(`expected one procedure, got "${rest[0]}" too`)
    const procedure =
      named === undefined ? await findProcedure(values, session) : await theProcedure(named, session)
    if (values.last === true) return lastOf(procedure, session)
    const body = given({
      preset: oneOf(values, 'preset', presets),
      risk_class: oneOf(values, 'risk-class', riskClasses),
      days: wholeOf(values, 'days', 1),
      rollouts: wholeOf(values, 'rollouts', 1),
      seed: wholeOf(values, 'seed'),
    })
    const everyMs = lengthOf('interval', textOf(values, 'interval') ?? '2s')
    const path = { id: procedure.id }
    const { id, did } = await answerOf(
      session.api.POST('/api/v1/procedures/{id}/replay', { params: { path }, body }),
    )
    session.stderr.write(`${did}\n`)
    return ended(id, procedure, everyMs, session)
  },
}

async function kept({ id }: Procedure, { api }: Session) {
  return answerOf(api.GET('/api/v1/procedures/{id}/replay', { params: { path: { id } } }))
}

async function lastOf(procedure: Procedure, session: Session): Promise<Answer> {
  const { ended } = await kept(procedure, session)
  if (ended === null) throw new Misuse(`nothing was replayed of ${procedure.name} yet`)
  return replayText(ended)
}

async function ended(id: number, procedure: Procedure, everyMs: number, session: Session): Promise<Answer> {
  let told = ''
  for (let tries = 1; ; )
    try {
      const { ended, open } = await kept(procedure, session)
      if (ended?.id === id) return replayText(ended)
      // Another one took its place, or its process ended before it did.
      if (open?.id !== id)
        return { code: 1, json: { ended, open }, text: 'the replay ended without a result' }
      const line = `${Math.floor(open.progress * 10) * 10} %`
      if (line !== told) session.stderr.write(`${line}\n`)
      told = line
      tries = 1
      await after(everyMs, undefined, { signal: session.signal })
    } catch (error) {
      const waitMs = comeAgainMs(error, tries++)
      if (waitMs === null) throw error
      await waited(error, waitMs, session)
    }
}
