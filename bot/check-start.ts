// What a filled start form comes to: the plan, its preview, and all that is wrong, each at its field.
import { isRefusal, type Refusal } from '../server/domain/rollout/commands.ts'
import type {
  DeploymentLine,
  PolicyView,
  ProcedureSummary,
  Service,
  StagePreview,
  StartInput,
} from '../server/service.ts'
import { inert, oneLine } from './blocks/markup.ts'
import { startBlocks } from './blocks/start-fields.ts'
import { refusalLine } from './commands/answer.ts'
import { formPlan } from './form-plan.ts'
import type { StartForm } from './start-form.ts'

/** Block ids of the form and what is wrong there, as plain text. */
export type Faults = Record<string, string>
export type CheckedStart = {
  procedure: ProcedureSummary | null
  deployment: DeploymentLine | null
  /** Null while the plan cannot be read or is refused. */
  preview: StagePreview | null
  policy: PolicyView | null
  faults: Faults
  /** What `start` takes; null while anything is wrong. */
  input: StartInput | null
}
type Reader = Pick<Service, 'procedure' | 'deployment' | 'group' | 'policy' | 'preview'>
type Fault = { block: string; why: string }

export const nothingChosen: CheckedStart = {
  procedure: null,
  deployment: null,
  preview: null,
  policy: null,
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
  const planned = await formPlan(service, form, procedure, policy)
  const preview = planned.plan && (await service.preview(procedure.id, planned.plan, deployment?.id ?? null))
  const faults = faultsOf([
    ...buildFaults(form, procedure, deployment),
    ...liveFaults(form, procedure),
    ...planned.faults,
    ...timeFaults(form, now),
    ...(preview === null ? [] : previewFaults(form, preview)),
  ])
  const shown = preview === null || isRefusal(preview) ? null : preview
  const found = { procedure, deployment, preview: shown, policy, faults }
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

function buildFaults(
  form: StartForm,
  procedure: ProcedureSummary,
  deployment: DeploymentLine | null,
): Fault[] {
  const block = startBlocks.deployment(procedure.id)
  if (form.deploymentId === null) return [{ block, why: 'Choose a build of this procedure.' }]
  if (deployment === null) return [{ block, why: 'This build is gone: choose another one.' }]
  if (deployment.notEligible === null) return []
  return [{ block, why: `${deployment.version} cannot be rolled out: it ${deployment.notEligible}.` }]
}

/** While an abort is under way the service knows whether its successor may start. */
function liveFaults(form: StartForm, { live }: ProcedureSummary): Fault[] {
  if (form.replaces !== null) {
    const block = startBlocks.replaces(form.replaces)
    if (live?.id !== form.replaces || live.status === 'aborting')
      return [
        {
          block,
          why: 'The rollout that this was to replace has ended meanwhile. Take the tick away to start all the same.',
        },
      ]
    if (live.deployment.id === form.deploymentId)
      return [
        {
          block: startBlocks.deployment(live.procedure.id),
          why: `${live.deployment.version} is the build that is being rolled out: choose the one that replaces it.`,
        },
      ]
    return form.reason === ''
      ? [
          {
            block: startBlocks.reason,
            why: 'Say why the live rollout is replaced: it is recorded with both.',
          },
        ]
      : []
  }
  if (live === null || live.status === 'aborting') return []
  return [
    {
      block: startBlocks.procedure,
      why: `A rollout of ${live.deployment.version} is live here. Let it end, abort it, or tick below that this one replaces it.`,
    },
  ]
}

function timeFaults({ startAt }: StartForm, now: number): Fault[] {
  if (startAt === null || startAt > now) return []
  return [{ block: startBlocks.startAt, why: 'Choose a moment that is still to come, or none to start now.' }]
}

function previewFaults(form: StartForm, preview: StagePreview | Refusal): Fault[] {
  if (isRefusal(preview)) {
    const block = form.group !== '' ? startBlocks.group : stagesBlock(form)
    return [{ block, why: refusalLine(preview) }]
  }
  const taking = new Set(preview.stages.at(-1)?.stations.map((station) => station.id))
  const strays = form.picked.filter((station) => !taking.has(station.id))
  return strays.slice(0, 3).map(({ name }) => {
    const why = preview.leftOut.find((each) => name.startsWith(each.name))?.why ?? 'it is not linked'
    return {
      block: startBlocks.picked(form.procedureId, form.drawn.picks),
      why: `${name} does not take part (${why}).`,
    }
  })
}

function stagesBlock({ preset }: StartForm): string {
  return preset === 'custom' ? startBlocks.stages : startBlocks.preset
}
