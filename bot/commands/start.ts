// `/rollout start PROCEDURE VERSION …`: checks every word it was given, then starts at once.

import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type { ProcedureSummary, Service, StartInput } from '../../server/service.ts'
import { button } from '../blocks/build.ts'
import { buttonIds } from '../blocks/card-buttons.ts'
import { link, markup, oneLine } from '../blocks/markup.ts'
import { buildName, statusWords } from '../blocks/wording.ts'
import { type ButtonValue, writeValue } from '../button-value.ts'
import { type Answer, no, outcomeAnswer, type Subcommand } from './answer.ts'
import { unknownProcedure } from './find-procedure.ts'
import { takeFlags } from './flags.ts'
import { leadingName } from './leading-name.ts'
import { planFlags, readStart } from './read-start.ts'
import { typed, type Word } from './words.ts'

export const start: Subcommand = {
  kind: 'Begin',
  verb: 'start',
  usage: 'start [PROCEDURE VERSION] [--preset NAME] [--group WORDS] [--stages 10%,50%,100%] [reason…]',
  example: 'start PCBA-FCT 2.4.1 --preset hot-fix tightened VCC',
  summary: 'start a rollout; without words a form opens',
  // A procedure alone: a form says more than an answer could.
  form: async (words, service) => {
    if (words.length === 0) return { opens: 'start' }
    const named = leadingName(words, await service.procedures())
    return named?.rest.length === 0 ? { opens: 'start', procedureId: named.match.id } : null
  },
  run: async ({ words, by, commandId, refused }, service) => {
    const flags = takeFlags(words, planFlags)
    if ('error' in flags) return no(markup`${flags.error}`)
    const procedures = await service.procedures()
    const named = leadingName(flags.rest, procedures)
    const [first] = flags.rest
    if (!first)
      return no(markup`Name a procedure and a version, or type \`/rollout start\` alone for a form.`)
    if (!named) return no(unknownProcedure('start', first.text, procedures))
    const notAllowed = await refused('start', named.match.id)
    if (notAllowed) return notAllowed
    const input = await readStart(service, 'start', named.match, named.rest, flags.values)
    if ('done' in input) return input
    const outcome = await service.start(input, by, commandId)
    if (!isRefusal(outcome) || outcome.refused !== 'not now') return outcomeAnswer(outcome)
    return (await liveAnswer(service, named.match.name, input, words)) ?? outcomeAnswer(outcome)
  },
}

/** Names the rollout that is in the way, and offers to replace it. Null: none is. */
async function liveAnswer(
  service: Pick<Service, 'procedure'>,
  name: ProcedureSummary['name'],
  { procedureId, deploymentId }: StartInput,
  words: Word[],
): Promise<Answer | null> {
  const live = (await service.procedure(procedureId))?.live
  if (!live || live.status === 'aborting') return null
  if (live.deployment.id === deploymentId)
    return no(
      markup`${link(live.url, buildName(live))} is being rolled out already: ${statusWords[live.status]}, owner ${oneLine(live.owner.name, 60)}. How it stands: \`/rollout status ${typed(oneLine(name, 60))}\``,
    )
  const value: ButtonValue = {
    rolloutId: live.id,
    stageIndex: live.stageIndex,
    version: live.version,
    deploymentId: live.deployment.id,
    next: deploymentId,
  }
  const stage = live.stageIndex < 0 ? '' : `, stage ${live.stageIndex + 1} of ${live.stageCount}`
  const command = `/rollout supersede ${words.map((word) => word.raw).join(' ')}`
  return {
    ...no(
      markup`A rollout of *${oneLine(name, 60)}* is live already: ${link(live.url, buildName(live))}, ${statusWords[live.status]}${stage}, owner ${oneLine(live.owner.name, 60)}. Let it end, abort it with \`/rollout abort ${typed(oneLine(name, 60))} reason\`, or put this build in its place with a reason:\n\`${oneLine(command, 900)}\``,
    ),
    buttons: [
      button({
        actionId: buttonIds.supersede,
        label: 'Supersede it…',
        description: `Replace ${buildName(live)}: opens a form`,
        value: writeValue(value),
      }),
    ],
  }
}
