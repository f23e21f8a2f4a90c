// What of a start form cannot be started, and at which field that is said.
import { isRefusal, type Refusal } from '../../server/domain/rollout/commands.ts'
import type { DeploymentLine, ProcedureSummary, StagePreview } from '../../server/service.ts'
import { startBlocks } from '../blocks/start-fields.ts'
import { refusalLine } from '../commands/answer.ts'
import type { StartForm } from './start-form.ts'

/** `block`: the id of the field. */
export type Fault = { block: string; why: string }

export function buildFaults(
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
export function liveFaults(form: StartForm, { live }: ProcedureSummary): Fault[] {
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

export function timeFaults({ startAt }: StartForm, now: number): Fault[] {
  if (startAt === null || startAt > now) return []
  return [{ block: startBlocks.startAt, why: 'Choose a moment that is still to come, or none to start now.' }]
}

export function previewFaults(form: StartForm, preview: StagePreview | Refusal): Fault[] {
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
