// firstpass deploy promote: makes a production build of a preview or development build.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, textOf } from '../command.ts'
import { findBuild, procedureOption } from '../find.ts'
import { Misuse } from '../misuse.ts'
import { pushText } from './build-text.ts'

export const promote: Command = {
  name: 'deploy promote',
  summary: 'make a production build of a preview or development build',
  operands: 'BUILD',
  options: {
    ...procedureOption,
    reason: { type: 'string', value: 'TEXT', help: 'why, for the record' },
  },
  example: '2.5.0-rc1 --procedure FCT --reason "ran a week on the bench"',
  async run(values, [named, ...rest], session) {
    const reason = textOf(values, 'reason')
    if (rest.length > 0) throw new Misuse(`expected one build, got "${rest[0]}" too`)
    if (reason === undefined) throw new Misuse('expected --reason: it stands on the record of the build')
    const { id } = await findBuild(named, values, session)
    const build = await answerOf(
      session.api.POST('/api/v1/deployments/{id}/promote', { params: { path: { id } }, body: { reason } }),
    )
    const said = `${build.version} is a production build now: ${build.status}`
    return { json: build, text: [said, pushText(build)].filter((line) => line !== '').join('\n') }
  },
}
