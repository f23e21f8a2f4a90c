// firstpass deploy status: what is known of a build; with a status or options, what changes of it.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, given } from '../command.ts'
import { findBuild, procedureOption } from '../find.ts'
import { Misuse } from '../misuse.ts'
import { buildFields, buildOptions, statuses } from './build-options.ts'
import { buildText } from './build-text.ts'

export const status: Command = {
  name: 'deploy status',
  summary: 'show a build, or set its status, its artifact and what is said of it',
  operands: `BUILD [${statuses.join('|')}]`,
  options: { ...procedureOption, ...buildOptions },
  example: '2.5.0 --procedure FCT failed --reason "the flash tool crashed"',
  async run(values, [named, to, ...rest], session) {
    if (rest.length > 0) throw new Misuse(`expected a build and a status, got "${rest[0]}" too`)
    const status = statuses.find((each) => each === to)
    if (to !== undefined && status === undefined)
      throw new Misuse(`expected one of ${statuses.join(', ')}, got "${to}"`)
    const fields = await buildFields(values)
    const change = { ...given({ status }), ...fields }
    const found = await findBuild(named, values, session)
    if (Object.keys(change).length === 0) return { json: found, text: buildText(found) }
    const path = { id: found.id }
    const build = await answerOf(
      session.api.PATCH('/api/v1/deployments/{id}', { params: { path }, body: change }),
    )
    return { json: build, text: buildText(build) }
  },
}
