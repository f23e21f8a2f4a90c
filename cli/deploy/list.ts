// firstpass deploy list: the builds of a procedure, newest first.
import type { Json } from '../api.ts'
import { type Command, Misuse, oneOf, textsOf } from '../command.ts'
import { findProcedure, procedureOption } from '../find.ts'
import { list as listOf, object, text } from '../read-json.ts'
import { environments, statuses } from './build-options.ts'

export const list: Command = {
  name: 'deploy list',
  summary: 'list the builds of a procedure, newest first',
  operands: '',
  options: {
    ...procedureOption,
    environment: { type: 'string', value: 'WORD', help: `only ${environments.join(', ')}` },
    status: { type: 'string', value: 'WORD', help: `only ${statuses.join(', ')}` },
    label: { type: 'string', multiple: true, value: 'WORD', help: 'only builds with it; may be repeated' },
  },
  example: '--procedure FCT --status ready --label power',
  async run(values, operands, session) {
    if (operands.length > 0) throw new Misuse(`expected options alone, got "${operands[0]}"`)
    const environment = oneOf(values, 'environment', environments)
    const status = oneOf(values, 'status', statuses)
    const query = new URLSearchParams([
      ...(environment === undefined ? [] : [['environment', environment]]),
      ...(status === undefined ? [] : [['status', status]]),
      ...(textsOf(values, 'label') ?? []).map((label) => ['label', label]),
    ])
    const procedure = await findProcedure(values, session)
    const answer = await session.ask(
      'GET',
      `/api/v1/procedures/${text(procedure, 'id')}/deployments?${query}`,
    )
    const builds = listOf(answer, 'data')
    return { json: answer, text: builds.length === 0 ? 'no such build' : table(builds) }
  },
}

function table(builds: Json[]): string {
  const rows = builds.map((build) => [
    text(build, 'version'),
    text(build, 'environment'),
    text(build, 'status'),
    text(build, 'created_at').slice(0, 16).replace('T', ' '),
    noteOf(build),
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function noteOf(build: Json): string {
  const aborted = object(build, 'aborted')
  if (text(aborted, 'at') !== '')
    return `aborted on ${text(aborted, 'at').slice(0, 10)}: ${text(aborted, 'reason')}`
  return text(object(build, 'commit'), 'message').trim().split('\n', 1)[0] ?? ''
}
