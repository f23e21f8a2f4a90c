// What a filled start form comes to: the plan, its preview, and all that is wrong, each at its field.
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type {
  DeploymentLine,
  PolicyView,
  ProcedureSummary,
  Service,
  StagePreview,
  StartInput,
} from '../../server/service.ts'
import { inert, oneLine } from '../blocks/markup.ts'
import { startBlocks } from '../blocks/start-fields.ts'
import { type Declared, declaredIn, nothingDeclared } from './declared.ts'
import { formPlan } from './form-plan.ts'
import { buildFaults, type Fault, liveFaults, previewFaults, timeFaults } from './start-faults.ts'
import type { StartForm } from './start-form.ts'

/** Block ids of the form and what is wrong there, as plain text. */
export type Faults = Record<string, string>
export type CheckedStart = {
  procedure: ProcedureSummary | null
  deployment: DeploymentLine | null
  /** Null while the plan cannot be read or is refused. */
  preview: StagePreview | null
  policy: PolicyView | null
  /** What stands in the fields of what is expected. */
  declared: Declared
  faults: Faults
  /** What `start` takes; null while anything is wrong. */
  input: StartInput | null
}
type Reader = Pick<Service, 'procedure' | 'deployment' | 'group' | 'policy' | 'preview'>

export const nothingChosen: CheckedStart = {
  procedure: null,
  deployment: null,
  preview: null,
  policy: null,
  declared: nothingDeclared,
  faults: {},
  input: null,
}

/** With the build chosen, the preview names the very stations that a start takes. */
export async function checkStart(service: Reader, form: StartForm, now: number): Promise<CheckedStart> {
  if (form.procedureId === null)
    return {
      ...nothingChosen,
      faults: faultsOf([{ block: startBlocks.procedure, why: 'Choose a procedure.' }]),
    }
  const procedure = await service.procedure(form.procedureId)
  if (!procedure)
    return {
      ...nothingChosen,
      faults: faultsOf([
        { block: startBlocks.procedure, why: 'This procedure is gone: choose another one.' },
      ]),
    }
  const deployment =
    form.deploymentId === null ? null : await service.deployment(procedure.id, form.deploymentId)
  const policy = await service.policy(procedure.id)
  const declared = declaredIn(form, deployment)
  const planned = await formPlan(service, form, declared, procedure, policy)
  const preview = planned.plan && (await service.preview(procedure.id, planned.plan, deployment?.id ?? null))
  const faults = faultsOf([
    ...buildFaults(form, procedure, deployment),
    ...liveFaults(form, procedure),
    ...planned.faults,
    ...timeFaults(form, now),
    ...(preview === null ? [] : previewFaults(form, preview)),
  ])
  const shown = preview === null || isRefusal(preview) ? null : preview
  const found = { procedure, deployment, preview: shown, policy, declared, faults }
  if (Object.keys(faults).length > 0 || !deployment || !planned.plan) return { ...found, input: null }
  return {
    ...found,
    input: {
      procedureId: procedure.id,
      deploymentId: deployment.id,
      plan: planned.plan,
      reason: form.reason === '' ? null : form.reason,
      startAt: form.startAt,
    },
  }
}

/** Several at one field are read one after the other. */
function faultsOf(fields: Fault[]): Faults {
  const faults: Faults = {}
  for (const { block, why } of fields) {
    const said = faults[block] === undefined ? why : `${faults[block]} ${why}`
    faults[block] = inert(oneLine(said, 600))
  }
  return faults
}
