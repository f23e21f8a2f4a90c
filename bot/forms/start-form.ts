// Reads what stands in the start form, as it was typed; whether it can be started is asked elsewhere.
import type { ViewOutput } from '@slack/bolt'
import {
  type DeploymentId,
  deploymentId,
  type ProcedureId,
  procedureId,
  type RolloutId,
  rolloutId,
  type StationId,
  stationId,
} from '../../server/domain/ids.ts'
import { startActions, startBlocks } from '../blocks/start-fields.ts'
import { readObject } from '../button-value.ts'

export type StartForm = {
  procedureId: ProcedureId | null
  deploymentId: DeploymentId | null
  preset: string
  stages: string
  group: string
  reason: string
  /** The live rollout that it takes the place of. */
  replaces: RolloutId | null
  /** What the author expects of the build, and the number of points, as typed. */
  expectation: string
  points: string
  /** How many must approve; empty: as the settings say. */
  startApprovals: string
  stageApprovals: string
  fourEyes: boolean
  progression: 'fleet' | 'site'
  /** Canaries picked by hand, in their order. */
  picked: { id: StationId; name: string }[]
  /** Milliseconds since 1970. */
  startAt: number | null
  /** Where the form was opened. */
  channel: string | null
  drawn: Drawn
}

/** What the form that was submitted or changed had been drawn with. */
export type Drawn = {
  procedureId: ProcedureId | null
  /** With the settings that few need. */
  more: boolean
  /** Counts how often the canaries were chosen by a button: Slack fills a menu anew only under a new id. */
  picks: number
  /** Its inputs: an error can stand under these alone. */
  inputs: string[]
  /** With fields for what is expected, of the build that declared something; null: without them. */
  expectationOf: { build: string | null } | null
}

export function emptyForm(part: Partial<StartForm>): StartForm {
  return {
    procedureId: null,
    deploymentId: null,
    preset: 'standard',
    stages: '',
    group: '',
    reason: '',
    replaces: null,
    expectation: '',
    points: '',
    startApprovals: '',
    stageApprovals: '',
    fourEyes: false,
    progression: 'fleet',
    picked: [],
    startAt: null,
    channel: null,
    drawn: { procedureId: null, more: false, picks: 0, inputs: [], expectationOf: null },
    ...part,
  }
}

export function readStartForm(view: Pick<ViewOutput, 'state' | 'private_metadata' | 'blocks'>): StartForm {
  const { values } = view.state
  const of = (block: string, action: string) => values[block]?.[action]
  const chosen = (block: string, action: string) => of(block, action)?.selected_option?.value
  const written = (block: string, action: string) => of(block, action)?.value?.trim() ?? ''
  const ticked = (block: string, action: string) => of(block, action)?.selected_options ?? []
  const carried = readObject(view.private_metadata)
  const drawn = readDrawn(carried, view.blocks)
  const declaredBy = drawn.expectationOf?.build ?? null
  // What was chosen before the form opened stands in the metadata: not every request repeats initial options.
  const procedure =
    parsed(procedureId, chosen(startBlocks.procedure, startActions.procedure)) ?? drawn.procedureId
  const isDrawnFor = procedure === drawn.procedureId
  const build = chosen(startBlocks.deployment(procedure), startActions.deployment)
  const at = of(startBlocks.startAt, startActions.startAt)?.selected_date_time
  const replaced = drawn.inputs.flatMap((block) => ticked(block, startActions.replaces))
  return {
    procedureId: procedure,
    deploymentId: parsed(deploymentId, build ?? (isDrawnFor ? carried.build : null)),
    preset: chosen(startBlocks.preset, startActions.preset) ?? 'standard',
    stages: written(startBlocks.stages, startActions.stages),
    group: written(startBlocks.group, startActions.group),
    reason: written(startBlocks.reason, startActions.reason),
    replaces: parsed(rolloutId, replaced[0]?.value),
    expectation: written(startBlocks.expectation(declaredBy), startActions.expectation),
    points: written(startBlocks.points(declaredBy), startActions.points),
    startApprovals: count(chosen(startBlocks.startApprovals, startActions.startApprovals)),
    stageApprovals: count(chosen(startBlocks.stageApprovals, startActions.stageApprovals)),
    fourEyes: ticked(startBlocks.fourEyes, startActions.fourEyes).length > 0,
    progression: chosen(startBlocks.progression, startActions.progression) === 'site' ? 'site' : 'fleet',
    picked: ticked(startBlocks.picked(procedure, drawn.picks), startActions.picked).flatMap((option) => {
      const id = parsed(stationId, option.value)
      return id === null ? [] : [{ id, name: option.text.text }]
    }),
    startAt: typeof at === 'number' ? at * 1000 : null,
    channel: typeof carried.channel === 'string' ? carried.channel : null,
    drawn,
  }
}

/** At most 3000 characters: ids and little else. */
export function startMetadata(form: StartForm): string {
  return JSON.stringify({
    channel: form.channel,
    procedureId: form.procedureId,
    build: form.deploymentId,
    more: form.drawn.more,
    picks: form.drawn.picks,
  })
}

function readDrawn(carried: Record<string, unknown>, blocks: ViewOutput['blocks']): Drawn {
  const inputs = blocks.flatMap((block) =>
    block.type === 'input' && block.block_id !== undefined ? [block.block_id] : [],
  )
  const [name, build] = inputs.find((block) => /^expectation(:|$)/.test(block))?.split(':') ?? []
  return {
    procedureId: parsed(procedureId, carried.procedureId),
    more: carried.more === true,
    picks: typeof carried.picks === 'number' ? carried.picks : 0,
    inputs,
    expectationOf: name === undefined ? null : { build: build ?? null },
  }
}

function parsed<Id>(
  schema: { safeParse(value: unknown): { success: true; data: Id } | { success: false } },
  value: unknown,
): Id | null {
  const read = schema.safeParse(value)
  return read.success ? read.data : null
}

function count(value: string | undefined): string {
  return value !== undefined && /^\d+$/.test(value) ? value : ''
}
