// Reads what a start is made of: the build, the plan, the group, the reason. Shared by start and supersede.
import { type Group, presetNames } from '../../server/domain/plan.ts'
import { isPresetName } from '../../server/domain/presets.ts'
import { isRefusal, type Refusal } from '../../server/domain/rollout/commands.ts'
import { parseStages } from '../../server/domain/stages-text.ts'
import type { ProcedureSummary, Service, StartInput } from '../../server/service.ts'
import { markup } from '../blocks/markup.ts'
import { planOf } from '../forms/plan-of.ts'
import { type Answer, no, refusalText } from './answer.ts'
import { findEligible } from './find-build.ts'
import { nearest } from './nearest.ts'
import { textOf, type Word } from './words.ts'

type PlanFlag = 'preset' | 'group' | 'stages'
export const planFlags: { valued: PlanFlag[]; lists: PlanFlag[] } = {
  valued: ['preset', 'group'],
  lists: ['stages'],
}

/** @param words after the name of the procedure: a version, then the reason. */
export async function readStart(
  service: Service,
  verb: 'start' | 'supersede',
  procedure: ProcedureSummary,
  [version, ...reasonWords]: Word[],
  flags: Partial<Record<PlanFlag, string>>,
): Promise<StartInput | Answer> {
  const deployment = await findEligible(service, verb, procedure, version)
  if ('problem' in deployment) return no(deployment.problem)
  const chosen = readPlan(flags.preset, flags.stages)
  if ('problem' in chosen) return no(chosen.problem)
  const group = await readGroup(service, procedure, flags.group)
  if (isRefusal(group)) return no(refusalText(group))
  return {
    procedureId: procedure.id,
    deploymentId: deployment.id,
    plan: planOf(chosen, group.group, procedure.soakMinutes),
    reason: textOf(reasonWords) || null,
  }
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
