// `/rollout start PROCEDURE VERSION …`: checks every word it was given, then starts at once.

import type { Group } from '../../server/domain/plan.ts'
import { presetNames } from '../../server/domain/plan.ts'
import { isPresetName } from '../../server/domain/presets.ts'
import { isRefusal, type Refusal } from '../../server/domain/rollout/commands.ts'
import type { DeploymentLine, ProcedureSummary, Service } from '../../server/service.ts'
import { join, type Markup, markup, oneLine } from '../blocks/markup.ts'
import { takeFlags } from '../flags.ts'
import { nearest } from '../nearest.ts'
import { parseStages } from '../parse-stages.ts'
import { planOf } from '../plan-of.ts'
import { textOf, typed, type Word } from '../words.ts'
import { type Answer, no, outcomeAnswer, refusalText, type Subcommand } from './answer.ts'
import { unknownProcedure } from './find-rollout.ts'
import { leadingName } from './leading-name.ts'

export const start: Subcommand = {
  usage: 'start [PROCEDURE VERSION] [--preset NAME] [--group WORDS] [--stages 10%,50%,100%] [reason…]',
  example: 'start PCBA-FCT 2.4.1 --preset hot-fix tightened VCC',
  summary: 'start a rollout; without words a form opens',
  run: async ({ words, by, commandId }, service) => {
    const flags = takeFlags(words, { valued: ['preset', 'group'], lists: ['stages'] })
    if ('error' in flags) return no(markup`${flags.error}`)
    const procedures = await service.procedures()
    const named = leadingName(flags.rest, procedures)
    const [first] = flags.rest
    if (!first)
      return no(markup`Name a procedure and a version, or type \`/rollout start\` alone for a form.`)
    if (!named) return no(unknownProcedure('start', first.text, procedures))
    const [version, ...reasonWords] = named.rest
    const deployment = await findDeployment(service, named.match, version)
    if ('problem' in deployment) return no(deployment.problem)
    const chosen = readPlan(flags.values.preset, flags.values.stages)
    if ('problem' in chosen) return no(chosen.problem)
    const group = await readGroup(service, named.match, flags.values.group)
    if (isRefusal(group)) return no(refusalText(group))
    const plan = planOf(chosen, group.group, named.match.soakMinutes)
    const reason = textOf(reasonWords)
    const outcome = await service.start(
      {
        procedureId: named.match.id,
        deploymentId: deployment.id,
        plan,
        reason: reason === '' ? null : reason,
      },
      by,
      commandId,
    )
    return withCardPlace(outcomeAnswer(outcome), named.match)
  },
}

export async function findDeployment(
  service: Pick<Service, 'deployment' | 'deployments'>,
  procedure: ProcedureSummary,
  word: Word | undefined,
): Promise<DeploymentLine | { problem: Markup }> {
  const all = await service.deployments(procedure.id)
  const eligible = all.filter((line) => line.notEligible === null).map((line) => line.version)
  const name = typed(procedure.name)
  if (!word) {
    const shown = eligible.slice(0, 5).map((version) => markup`\`/rollout start ${name} ${typed(version)}\``)
    return shown.length === 0
      ? { problem: markup`*${procedure.name}* has no build that can be rolled out now.` }
      : { problem: markup`Which version of *${procedure.name}*?\n${join(shown, '\n')}` }
  }
  const found =
    (await service.deployment(procedure.id, word.text)) ??
    all.find((line) => line.version.toLowerCase() === word.text.toLowerCase())
  if (found && found.notEligible === null) return found
  if (found)
    return {
      problem: markup`*${found.version}* cannot be rolled out: ${oneLine(found.notEligible ?? '', 300)}`,
    }
  const close = nearest(word.text, eligible)
  const offered = close.length > 0 ? close : eligible.slice(0, 3)
  const hint =
    offered.length === 0
      ? markup``
      : markup` ${close.length > 0 ? 'Close to it' : 'Latest'}: ${offered.join(', ')}.`
  return { problem: markup`*${procedure.name}* has no version *${word.text}*.${hint}` }
}

function readPlan(preset: string | undefined, stages: string | undefined) {
  if (preset !== undefined && stages !== undefined)
    return { problem: markup`Give either --preset or --stages: stages of your own make a plan of their own.` }
  if (stages !== undefined) {
    const parsed = parseStages(stages)
    return 'error' in parsed ? { problem: markup`--stages: ${parsed.error}` } : parsed
  }
  const name = (preset ?? 'standard').toLowerCase()
  if (isPresetName(name)) return { preset: name }
  const close = nearest(name, [...presetNames])
  const hint =
    close.length > 0 ? `Did you mean ${close.join(' or ')}?` : `There are: ${presetNames.join(', ')}.`
  return { problem: markup`No preset is called *${preset ?? ''}*. ${hint}` }
}

async function readGroup(
  service: Pick<Service, 'group'>,
  procedure: ProcedureSummary,
  words: string | undefined,
): Promise<{ group: Group | null } | Refusal> {
  if (words === undefined) return { group: null }
  const group = await service.group(procedure.id, words)
  return isRefusal(group) ? group : { group }
}

function withCardPlace(answer: Answer, procedure: ProcedureSummary): Answer {
  if (!answer.done || procedure.channel === null) return answer
  const channel = /^[CG][A-Z0-9]+$/.test(procedure.channel)
    ? { markup: `<#${procedure.channel}>` }
    : markup`${procedure.channel}`
  return { ...answer, text: markup`${answer.text}\nIts card is in ${channel}.` }
}
