// Which procedure and which of its builds a message speaks of: for a form that is filled with them beforehand.
import type { DeploymentId, ProcedureId } from '../../server/domain/ids.ts'
import type { DeploymentLine, ProcedureSummary, Service } from '../../server/service.ts'

export type Mentioned = { procedureId?: ProcedureId; deploymentId?: DeploymentId }

const mostText = 20_000
/** Without the name of a procedure the builds of all are looked through: of so many at most. */
const mostProcedures = 50

/** What is named once and clearly; nothing where it could be two. */
export async function mentionedBuild(
  service: Pick<Service, 'procedures' | 'deployments'>,
  written: string,
): Promise<Mentioned> {
  const text = written.slice(0, mostText).toLowerCase()
  const procedures = await service.procedures()
  const named = longestNamed(text, procedures)
  const candidates = named ? [named] : procedures.slice(0, mostProcedures)
  const found: { procedureId: ProcedureId; deploymentId: DeploymentId }[] = []
  for (const { id } of candidates) {
    const build = buildNamed(text, await service.deployments(id))
    if (build) found.push({ procedureId: id, deploymentId: build.id })
  }
  const [only] = found
  if (only && found.length === 1) return only
  return named ? { procedureId: named.id } : {}
}

/** "PCBA-FCT 2" before "PCBA-FCT"; null when two different ones are named. */
function longestNamed(text: string, procedures: ProcedureSummary[]): ProcedureSummary | null {
  const present = procedures.filter(({ name }) => holdsWord(text, name.toLowerCase(), /^[\p{L}\p{N}]/u))
  const outermost = present.filter(
    ({ name }) =>
      !present.some(
        (other) => other.name.length > name.length && other.name.toLowerCase().includes(name.toLowerCase()),
      ),
  )
  return outermost.length === 1 ? (outermost[0] ?? null) : null
}

/** A commit's sha says it surely; a version only when no other one of the procedure is named as well. */
function buildNamed(text: string, builds: DeploymentLine[]): DeploymentLine | null {
  const shas = text.match(/(?<![\w])[0-9a-f]{7,40}(?![\w])/g) ?? []
  const bySha = builds.filter(({ sha }) => shas.some((each) => sha.toLowerCase().startsWith(each)))
  if (bySha.length === 1) return bySha[0] ?? null
  const byVersion = builds.filter(({ version }) => holdsWord(text, version.toLowerCase()))
  return byVersion.length === 1 ? (byVersion[0] ?? null) : null
}

/** As a whole: "2.4.1" is not in "2.4.10", "12.4.1" or "2.4.1-rc1"; it is in "PCBA-FCT-2.4.1" and "v2.4.1.". */
function holdsWord(text: string, word: string, goesOn = /^[.\-+]?[\p{L}\p{N}]/u): boolean {
  if (word === '') return false
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text.slice(Math.max(0, at - 8), at)
    const after = text.slice(at + word.length, at + word.length + 8)
    const begins = !/[\p{L}\p{N}]\.?$/u.test(before) || /(?<![\p{L}\p{N}])v$/u.test(before)
    if (begins && !goesOn.test(after)) return true
  }
  return false
}
