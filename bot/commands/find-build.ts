// Which build a typed version means: one that may be rolled out, or one to go back to.
import type { DeploymentLine, ProcedureSummary, Service } from '../../server/service.ts'
import { join, type Markup, markup, oneLine } from '../blocks/markup.ts'
import { nearest } from './nearest.ts'
import { typed, type Word } from './words.ts'

type Found = DeploymentLine | { problem: Markup }
type Reader = Pick<Service, 'deployment' | 'deployments'>

/** A production build that is ready and does not run everywhere already. */
export async function findEligible(
  service: Reader,
  verb: 'start' | 'supersede',
  procedure: ProcedureSummary,
  word: Word | undefined,
): Promise<Found> {
  const all = await service.deployments(procedure.id)
  const eligible = all.filter((line) => line.notEligible === null).map((line) => line.version)
  if (!word) return which(verb, procedure, eligible, 'has no build that can be rolled out now')
  const found = await named(service, procedure, all, word)
  if (!found) return unknown(procedure, word, eligible)
  if (found.notEligible === null) return found
  return { problem: markup`${notEligibleText(found)}${latest(eligible)}` }
}

/** A build that once ran on all stations, other than the one that runs there now. */
export async function findKnownGood(
  service: Reader,
  procedure: ProcedureSummary,
  word: Word | undefined,
): Promise<Found> {
  const all = await service.deployments(procedure.id)
  const good = all.filter((line) => line.isKnownGood && line.id !== procedure.activeDeployment?.id)
  const versions = good.map((line) => line.version)
  if (!word) return which('rollback', procedure, versions, 'has no build to go back to')
  const found = await named(service, procedure, all, word)
  if (found && good.some((line) => line.id === found.id)) return found
  const known =
    versions.length === 0
      ? markup`There is none to go back to.`
      : markup`Known good: ${versions.slice(0, 5).join(', ')}. For example: \`/rollout rollback ${typed(procedure.name)} ${typed(versions[0] ?? '')} reason\``
  if (!found) return { problem: markup`*${procedure.name}* has no version *${word.text}*. ${known}` }
  const isActive = found.id === procedure.activeDeployment?.id
  const why = isActive ? 'already is the build of every station' : 'never ran on all stations'
  return { problem: markup`*${found.version}* ${why}. ${known}` }
}

async function named(
  service: Reader,
  procedure: ProcedureSummary,
  all: DeploymentLine[],
  { text }: Word,
): Promise<DeploymentLine | undefined> {
  return (
    (await service.deployment(procedure.id, text)) ??
    all.find((line) => line.version.toLowerCase() === text.toLowerCase())
  )
}

function which(verb: string, procedure: ProcedureSummary, versions: string[], none: string): Found {
  const name = typed(procedure.name)
  const shown = versions.slice(0, 5).map((version) => markup`\`/rollout ${verb} ${name} ${typed(version)}\``)
  return shown.length === 0
    ? { problem: markup`*${procedure.name}* ${none}.` }
    : { problem: markup`Which version of *${procedure.name}*?\n${join(shown, '\n')}` }
}

function unknown(procedure: ProcedureSummary, { text }: Word, versions: string[]): Found {
  const close = nearest(text, versions)
  const hint = close.length > 0 ? markup` Close to it: ${close.join(', ')}.` : latest(versions)
  return { problem: markup`*${procedure.name}* has no version *${text}*.${hint}` }
}

function latest(versions: string[]): Markup {
  return versions.length === 0 ? markup`` : markup` Latest: ${versions.slice(0, 3).join(', ')}.`
}

/** Why not, and what makes it possible. */
function notEligibleText({ version, notEligible, environment }: DeploymentLine): Markup {
  const why = markup`*${version}* cannot be rolled out: it ${oneLine(notEligible ?? '', 300)}.`
  return environment === 'production'
    ? why
    : markup`${why} Only production builds go to stations: \`firstpass deploy promote\` makes one of it, and so does the API.`
}
