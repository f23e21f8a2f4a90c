// firstpass deploy register: tells Firstpass of a build, once, however often it is run.
import { type Command, given, Misuse, oneOf, type Session, textOf, type Values } from '../command.ts'
import { findProcedure, procedureOption } from '../find.ts'
import { type Commit, gitCommit } from '../git.ts'
import { text } from '../read-json.ts'
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
      help: `${environments.join(', ')}; production when absent`,
    },
    status: { type: 'string', value: 'WORD', help: `${statuses.join(', ')}; ready when absent` },
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
    const build = await session.ask('POST', '/api/v1/deployments', {
      procedure_id: text(procedure, 'id'),
      version,
      commit,
      ...given({ environment, status }),
      ...fields,
    })
    const said = `${text(procedure, 'name')} ${text(build, 'version')} is registered: ${text(build, 'environment')}, ${text(build, 'status')}, ${text(build, 'id')}`
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
