// Reads the start form and finds the field that each fault belongs to.
import type { ViewOutput } from '@slack/bolt'
import { type DeploymentId, deploymentId, type ProcedureId, procedureId } from '../server/domain/ids.ts'
import type { PlanInput } from '../server/domain/plan.ts'
import { isPresetName } from '../server/domain/presets.ts'
import { isRefusal } from '../server/domain/rollout/commands.ts'
import type { ProcedureSummary, Service, StagePreview, StartInput } from '../server/service.ts'
import { inert, oneLine } from './blocks/markup.ts'
import { deploymentBlock, startActions, startBlocks } from './blocks/start-modal.ts'
import { readObject } from './button-value.ts'
import { refusalLine } from './commands/answer.ts'
import { parseStages } from './parse-stages.ts'
import { planOf } from './plan-of.ts'

export type StartForm = {
  procedureId: ProcedureId | null
  deploymentId: DeploymentId | null
  preset: string
  stages: string
  group: string
  reason: string
  channel: string | null
}
/** Block ids of the form and what is wrong there, as plain text. */
export type Faults = Record<string, string>
export type Planned = { procedure: ProcedureSummary; plan: PlanInput; preview: StagePreview }

export function readStartForm(view: Pick<ViewOutput, 'state' | 'private_metadata'>): StartForm {
  const values = view.state.values
  const chosen = (block: string, action: string) => values[block]?.[action]?.selected_option?.value
  const written = (block: string, action: string) => values[block]?.[action]?.value?.trim() ?? ''
  const carried = readObject(view.private_metadata)
  // A procedure chosen before the form opened stands in the metadata: not every request repeats initial options.
  const procedure = procedureId.safeParse(
    chosen(startBlocks.procedure, startActions.procedure) ?? carried.procedureId,
  )
  const drawnFor = procedure.success ? procedure.data : null
  const deployment = deploymentId.safeParse(chosen(deploymentBlock(drawnFor), startActions.deployment))
  return {
    procedureId: drawnFor,
    deploymentId: deployment.success ? deployment.data : null,
    preset: chosen(startBlocks.preset, startActions.preset) ?? 'standard',
    stages: written(startBlocks.stages, startActions.stages),
    group: written(startBlocks.group, startActions.group),
    reason: written(startBlocks.reason, startActions.reason),
    channel: typeof carried.channel === 'string' ? carried.channel : null,
  }
}

/** The plan and its preview; with the build chosen, the preview names the very stations that a start takes. */
export async function planForm(service: Service, form: StartForm): Promise<Planned | { faults: Faults }> {
  if (form.procedureId === null) return fault(startBlocks.procedure, 'Choose a procedure.')
  const procedure = await service.procedure(form.procedureId)
  if (!procedure) return fault(startBlocks.procedure, 'This procedure is gone: choose another one.')
  const chosen = chosenPlan(form)
  if ('error' in chosen) return fault(startBlocks.stages, chosen.error)
  const group = form.group === '' ? null : await service.group(procedure.id, form.group)
  if (group !== null && isRefusal(group)) return fault(startBlocks.group, refusalLine(group))
  const plan = planOf(chosen, group, procedure.soakMinutes)
  const preview = await service.preview(procedure.id, plan, form.deploymentId)
  if (isRefusal(preview))
    return fault(form.preset === 'custom' ? startBlocks.stages : startBlocks.preset, refusalLine(preview))
  return { procedure, plan, preview }
}

/** What `start` takes, or what is wrong, field by field. */
export async function startInput(
  service: Service,
  form: StartForm,
): Promise<StartInput | { faults: Faults }> {
  const planned = await planForm(service, form)
  if ('faults' in planned) return planned
  const { procedure, plan } = planned
  const field = deploymentBlock(procedure.id)
  if (procedure.live)
    return fault(
      startBlocks.procedure,
      `A rollout of ${procedure.live.deployment.version} is live here: it has to end first.`,
    )
  if (form.deploymentId === null) return fault(field, 'Choose a build of this procedure.')
  const deployment = await service.deployment(procedure.id, form.deploymentId)
  if (!deployment) return fault(field, 'This build is gone: choose another one.')
  if (deployment.notEligible !== null) return fault(field, deployment.notEligible)
  const reason = form.reason === '' ? null : form.reason
  return { procedureId: procedure.id, deploymentId: deployment.id, plan, reason }
}

export function fault(block: string, text: string): { faults: Faults } {
  return { faults: { [block]: inert(oneLine(text, 600)) } }
}

function chosenPlan(form: StartForm) {
  if (form.preset === 'custom') return parseStages(form.stages)
  if (!isPresetName(form.preset)) return { error: `There is no plan called ${form.preset}.` }
  return { preset: form.preset }
}
