// firstpass deploy list: the builds of a procedure, newest first.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, given, oneOf, textsOf } from '../command.ts'
import { findProcedure, procedureOption } from '../find.ts'
import { Misuse } from '../misuse.ts'
import { table } from '../table.ts'
import { minuteText } from '../times.ts'
import { environments, statuses } from './build-options.ts'
import { abortText, subjectOf } from './build-text.ts'

export const list: Command = {
  name: 'deploy list',
  summary: 'list the builds of a procedure, newest first',
  operands: '',
  options: {
    ...procedureOption,
    environment: { type: 'string', value: 'WORD', words: environments, help: 'only builds of it' },
    status: { type: 'string', value: 'WORD', words: statuses, help: 'only builds that are at it' },
    label: { type: 'string', multiple: true, value: 'WORD', help: 'only builds with it; may be repeated' },
  },
  example: '--procedure FCT --status ready --label power',
  async run(values, operands, session) {
    if (operands.length > 0) throw new Misuse(`expected options alone, got "${operands[0]}"`)
    const query = given({
      environment: oneOf(values, 'environment', environments),
      status: oneOf(values, 'status', statuses),
      label: textsOf(values, 'label'),
    })
    const path = { id: (await findProcedure(values, session)).id }
    const answer = await answerOf(
      session.api.GET('/api/v1/procedures/{id}/deployments', { params: { path, query } }),
    )
    const rows = answer.data.map(({ version, environment, status, created_at, aborted, commit }) => [
      version,
      environment,
      status,
      minuteText(created_at),
      aborted ? abortText(aborted) : subjectOf(commit.message),
    ])
    return { json: answer, text: table(rows) || 'no such build' }
  },
}
