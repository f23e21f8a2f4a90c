// firstpass rollout status, why, list and history: they only look.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, given, wholeOf } from '../command.ts'
import { procedureNamed, procedureOption, theProcedure } from '../find.ts'
import { Misuse } from '../misuse.ts'
import { table } from '../table.ts'
import { minuteText } from '../times.ts'
import { onlyOne } from './decide.ts'
import { findRollout, rolloutOptions } from './find-rollout.ts'
import { pageOf } from './page.ts'
import { statusText, whyText } from './rollout-text.ts'

export const status: Command = {
  name: 'rollout status',
  summary: 'how a rollout stands: both arms, its stages, what it waits for',
  operands: '[ROLLOUT]',
  options: rolloutOptions,
  example: 'FCT',
  async run(values, operands, session) {
    const rollout = await findRollout(onlyOne(operands), values, session, { ended: true })
    return { json: rollout, text: statusText(rollout, pageOf(rollout, session.stdout)) }
  },
}

export const why: Command = {
  name: 'rollout why',
  summary: 'what a rollout waits for, and what happens next',
  operands: '[ROLLOUT]',
  options: rolloutOptions,
  example: 'FCT',
  async run(values, operands, session) {
    const rollout = await findRollout(onlyOne(operands), values, session, { ended: true })
    const { status, readiness, waits_for, next } = rollout
    return { json: { status, readiness, waits_for, next }, text: whyText(rollout) }
  },
}

export const list: Command = {
  name: 'rollout list',
  summary: 'rollouts, newest first',
  operands: '',
  options: {
    ...procedureOption,
    live: { type: 'boolean', help: 'only those that have not ended' },
    limit: { type: 'string', value: 'NUMBER', help: 'so many at most; 20' },
  },
  example: '--procedure FCT --live',
  async run(values, operands, session) {
    if (operands.length > 0) throw new Misuse(`expected options alone, got "${operands[0]}"`)
    const named = procedureNamed(values, session)
    const query = given({
      live: values.live === true ? ('true' as const) : undefined,
      procedure_id: named === null ? undefined : (await theProcedure(named, session)).id,
      limit: wholeOf(values, 'limit', 1) ?? 20,
    })
    const answer = await answerOf(session.api.GET('/api/v1/rollouts', { params: { query } }))
    const rows = answer.data.map((line) => [
      line.id.slice(0, 8),
      line.procedure.name,
      line.deployment.version,
      line.status,
      line.stage_index < 0 ? '' : `${line.stage_index + 1} of ${line.stage_count}`,
      minuteText(line.created_at),
      line.owner.name,
    ])
    const heads = ['ID', 'PROCEDURE', 'BUILD', 'STATUS', 'STAGE', 'SINCE (UTC)', 'OWNER']
    return { json: answer, text: rows.length === 0 ? 'there is no rollout' : table(rows, heads) }
  },
}

export const history: Command = {
  name: 'rollout history',
  summary: 'rollouts and rollbacks of a procedure, and who decided',
  operands: '[PROCEDURE]',
  options: {
    ...procedureOption,
    limit: { type: 'string', value: 'NUMBER', help: 'so many at most; 50' },
  },
  example: 'FCT',
  async run(values, operands, session) {
    const named = onlyOne(operands) ?? procedureNamed(values, session)
    if (named === null) throw new Misuse('expected a procedure, got nothing')
    const { id } = await theProcedure(named, session)
    const params = { path: { id }, query: { limit: wholeOf(values, 'limit', 1) ?? 50 } }
    const answer = await answerOf(session.api.GET('/api/v1/procedures/{id}/history', { params }))
    const rows = answer.data.map(({ at, by, what, why }) => [
      minuteText(at),
      by.name,
      why === null ? what : `${what}: ${why}`,
    ])
    return { json: answer, text: table(rows) || 'nothing was done yet' }
  },
}
