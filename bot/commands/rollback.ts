// `/rollout rollback PROCEDURE VERSION reason`: every station at once, to a build that once ran on all of them.

import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type { RolloutLine } from '../../server/domain/rollout-view.ts'
import { link, markup, oneLine, said } from '../blocks/markup.ts'
import { buildName, capitalised } from '../blocks/wording.ts'
import { type Answer, missing, no, refusalText, type Subcommand } from './answer.ts'
import { findKnownGood } from './find-build.ts'
import { findProcedure } from './find-procedure.ts'
import { textOf, typed, type Word } from './words.ts'

export const rollback: Subcommand = {
  kind: 'Stop',
  verb: 'rollback',
  usage: 'rollback [PROCEDURE] VERSION reason',
  example: 'rollback PCBA-FCT 2.3.9 fails good boards since Monday',
  summary: 'take all stations to a known-good build, at once and without stages',
  run: async ({ words, by, commandId, refused }, service) => {
    const found = await findProcedure(service, 'rollback', words)
    if ('problem' in found) return no(found.problem)
    const { procedure, rest } = found
    const notAllowed = await refused('rollback', procedure.id)
    if (notAllowed) return notAllowed
    const { live } = procedure
    if (live && live.status !== 'aborting') return liveAnswer(live, rest)
    const [version, ...reason] = rest
    const build = await findKnownGood(service, procedure, version)
    if ('problem' in build) return no(build.problem)
    const why = textOf(reason)
    const name = typed(procedure.name)
    if (why === '')
      return missing(
        'A rollback needs a reason.',
        `rollback ${name} ${typed(build.version)} fails good boards`,
      )
    const done = await service.rollback(procedure.id, build.id, why, by, { commandId })
    if (!isRefusal(done))
      return {
        done: true,
        text: markup`${said(capitalised(done.did), 600)}.\nWho, when and why: \`/rollout history ${name}\``,
      }
    return no(refusalText(done))
  },
}

/** An abort takes all stations back to base as fast as a rollback would. */
function liveAnswer({ procedure, deployment, base, url }: RolloutLine, rest: Word[]): Answer {
  const why = textOf(rest.slice(1)) || 'reason'
  const build = link(url, buildName({ procedure, deployment }))
  return no(
    markup`${build} is being rolled out. An abort takes its stations back to *${oneLine(base.version, 60)}* at once:\n\`/rollout abort ${typed(procedure.name)} ${why}\``,
  )
}
