// The plan that a start form asks for, and what of it cannot be read, all at once.
import type { Group, PlanInput } from '../../server/domain/plan.ts'
import { isPresetName } from '../../server/domain/presets.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import { parseStages } from '../../server/domain/stages-text.ts'
import type { PolicyView, ProcedureSummary, Service } from '../../server/service.ts'
import { startBlocks } from '../blocks/start-fields.ts'
import { refusalLine } from '../commands/answer.ts'
import type { Declared } from './declared.ts'
import { parsePoints } from './parse-points.ts'
import { planOf } from './plan-of.ts'
import type { Fault } from './start-faults.ts'
import type { StartForm } from './start-form.ts'

/** `plan`: null with any fault of it. */
export async function formPlan(
  service: Pick<Service, 'group'>,
  form: StartForm,
  declared: Declared,
  procedure: ProcedureSummary,
  policy: PolicyView | null,
): Promise<{ plan: PlanInput | null; faults: Fault[] }> {
  const faults: Fault[] = []
  const fault = (block: string, why: string) => void faults.push({ block, why })

  const chosen = chosenStages(form)
  if ('error' in chosen)
    fault(form.preset === 'custom' ? startBlocks.stages : startBlocks.preset, chosen.error)
  const group = await groupOf(service, form, procedure)
  if ('why' in group) fault(startBlocks.group, group.why)
  const points = declared.points === '' ? { change: 0 } : parsePoints(declared.points)
  if ('error' in points) fault(startBlocks.points(declared.build), points.error)
  const startApprovals = Number(form.startApprovals)
  const stageApprovals = Number(form.stageApprovals)
  const { startApprovals: ofStart, stageApprovals: ofStages } = policy?.effective ?? {}
  if (tooFew(form.startApprovals, ofStart)) fault(startBlocks.startApprovals, atLeast(ofStart))
  if (tooFew(form.stageApprovals, ofStages)) fault(startBlocks.stageApprovals, atLeast(ofStages))

  if (faults.length > 0 || 'error' in chosen || 'why' in group || 'error' in points)
    return { plan: null, faults }
  const { stages, ...plan } = planOf(chosen, group.group, procedure.soakMinutes)
  return {
    faults,
    plan: {
      ...plan,
      stages: stages.map((stage, index) =>
        index === stages.length - 1 ? stage : { ...stage, approvals: stageApprovals },
      ),
      handPicked: form.picked.map(({ id }) => id),
      progression: form.progression,
      // What nobody has touched is as the build declared it.
      ...(declared.isChosen
        ? { expectedYieldChange: points.change, expectation: declared.expectation || null }
        : {}),
      startApprovals,
      fourEyes: form.fourEyes,
    },
  }
}

function chosenStages(form: StartForm) {
  if (form.preset === 'custom') return parseStages(form.stages)
  if (!isPresetName(form.preset)) return { error: `There is no plan called ${form.preset}.` }
  return { preset: form.preset }
}

async function groupOf(
  service: Pick<Service, 'group'>,
  form: StartForm,
  procedure: ProcedureSummary,
): Promise<{ group: Group | null } | { why: string }> {
  if (form.group === '') return { group: null }
  const group = await service.group(procedure.id, form.group)
  return isRefusal(group) ? { why: refusalLine(group) } : { group }
}

/** Empty: as the settings say. */
function tooFew(asked: string, needed: number | null | undefined): boolean {
  return asked !== '' && Number(asked) < (needed ?? 0)
}

function atLeast(needed: number | null | undefined): string {
  return `The settings ask for ${needed} here: choose as many or more.`
}
