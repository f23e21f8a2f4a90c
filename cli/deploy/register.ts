// firstpass deploy register: tells Firstpass of a build, once, however often it is run.
import { answerOf } from '../../clients/api/client.ts'
import { type Command, given, oneOf, type Session, textOf, type Values } from '../command.ts'
import { findProcedure, procedureOption } from '../find.ts'
import { type Commit, gitCommit } from '../git.ts'
import { Misuse } from '../misuse.ts'
import { buildFields, buildOptions, environments, statuses } from './build-options.ts'
import { pushText } from './build-text.ts'

export const register: Command = {
  name: 'deploy register',
  summary: 'register a build; the same one again changes nothing',
  operands: '',
  options: {
    ...procedureOption,
    version: { type: 'string', short: 'v', value: 'VERSION', help: 'its version; BRANCH@SHA when absent' },
    commit: { type: 'string', value: 'SHA', help: 'its commit; that of the checkout when absent' },
    message: { type: 'string', value: 'TEXT', help: 'the message of the commit; from git when absent' },
    author: { type: 'string', value: 'NAME', help: 'its author; from git when absent' },
    branch: { type: 'string', value: 'BRANCH', help: 'its branch; from git or the build server when absent' },
    environment: {
      type: 'string',
      value: 'WORD',
      words: environments,
      help: 'production when absent',
    },
    status: { type: 'string', value: 'WORD', words: statuses, help: 'ready when absent' },
    ...buildOptions,
  },
  example: '--procedure FCT --version 2.5.0 --artifact-url https://… --artifact-file fct.tar.gz',
  async run(values, operands, session) {
    if (operands.length > 0) throw new Misuse(`expected options alone, got "${operands[0]}"`)
    const commit = commitOf(values, session)
    const version = textOf(values, 'version') ?? versionOf(commit)
    const fields = await buildFields(values)
    const environment = oneOf(values, 'environment', environments)
    const status = oneOf(values, 'status', statuses)
    const procedure = await findProcedure(values, session)
    const build = await answerOf(
      session.api.POST('/api/v1/deployments', {
        body: {
          procedure_id: procedure.id,
          version,
          commit,
          ...given({ environment, status }),
          ...fields,
        },
      }),
    )
    const said = `${procedure.name} ${build.version} is registered: ${build.environment}, ${build.status}, ${build.id}`
    return { json: build, text: [said, pushText(build)].filter((line) => line !== '').join('\n') }
  },
}

/** @throws naming every part that neither an option nor git says. */
function commitOf(values: Values, { env }: Session): Commit {
  const asked = textOf(values, 'commit')
  const known = gitCommit(env, asked)
  const sha = known?.sha ?? asked
  const message = textOf(values, 'message') ?? known?.message
  const author = textOf(values, 'author') ?? known?.author
  if (sha !== undefined && message !== undefined && author !== undefined)
    return { sha, message, author, branch: textOf(values, 'branch') ?? known?.branch ?? null }
  const missing = Object.entries({ commit: sha, message, author })
    .filter(([, value]) => value === undefined)
    .map(([name]) => `--${name}`)
  throw new Misuse(`expected ${missing.join(', ')}, or a checkout in which git knows the commit`)
}

/** As the webhook names builds. */
function versionOf({ branch, sha }: Commit): string {
  if (branch === null) throw new Misuse('expected --version or --branch, got neither')
  return `${branch}@${sha.slice(0, 7)}`
}
