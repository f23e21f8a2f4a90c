// The menus of the start form that are filled while somebody types: procedures, their builds, their stations.
import type { App, BlockSuggestion } from '@slack/bolt'
import type { OptionGroup, PlainTextOption } from '@slack/types'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type { DeploymentLine } from '../../server/service.ts'
import { plain } from '../blocks/build.ts'
import { startActions } from '../blocks/start-fields.ts'
import { buildOption, procedureOption } from '../blocks/start-modal.ts'
import { planOf } from '../forms/plan-of.ts'
import { readStartForm, type StartForm } from '../forms/start-form.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'

const most = 100
const mostPerGroup = 50

export function startOptions(app: App, deps: ListenerDeps): void {
  app.options<'block_suggestion'>(
    { type: 'block_suggestion', action_id: startActions.procedure },
    async ({ ack, body, context }) => {
      const found = (await mayLook(await here(deps, context), body))
        ? await deps.service.procedures(body.value)
        : []
      await ack({ options: found.slice(0, most).map(procedureOption) })
    },
  )
  app.options<'block_suggestion'>(
    { type: 'block_suggestion', action_id: startActions.deployment },
    async ({ ack, body, context }) => {
      const procedure = formOf(body)?.procedureId ?? null
      const found =
        procedure !== null && (await mayLook(await here(deps, context), body))
          ? await deps.service.deployments(procedure, body.value)
          : []
      const groups = deploymentGroups(found)
      await ack(groups.length === 0 ? { options: [] } : { option_groups: groups })
    },
  )
  app.options<'block_suggestion'>(
    { type: 'block_suggestion', action_id: startActions.picked },
    async ({ ack, body, context }) => {
      const form = formOf(body)
      const options =
        form !== null && (await mayLook(await here(deps, context), body))
          ? await stationOptions(deps, form, body.value)
          : []
      await ack({ options })
    },
  )
}

/** What can be rolled out comes first; what cannot says why. */
function deploymentGroups(found: DeploymentLine[]): OptionGroup[] {
  const eligible = found.filter((line) => line.notEligible === null)
  const others = found.filter((line) => line.notEligible !== null)
  return [
    { label: plain('Can be rolled out', 75), options: eligible.slice(0, mostPerGroup).map(buildOption) },
    { label: plain('Cannot be rolled out now', 75), options: others.slice(0, mostPerGroup).map(buildOption) },
  ].filter((group) => group.options.length > 0)
}

/** All that may take part, by name, site or line. */
async function stationOptions(
  { service }: Pick<ListenerDeps, 'service'>,
  { procedureId, group }: StartForm,
  typed: string,
): Promise<PlainTextOption[]> {
  if (procedureId === null) return []
  const chosen = group === '' ? null : await service.group(procedureId, group)
  const only = chosen === null || isRefusal(chosen) ? null : chosen
  const preview = await service.preview(procedureId, planOf({ stages: [{ share: 1 }] }, only, null))
  if (isRefusal(preview)) return []
  return (preview.stages.at(-1)?.stations ?? [])
    .map(({ id, name, site, line }) => ({ id, label: `${name} (${site}, ${line})` }))
    .filter(({ label }) => label.toLowerCase().includes(typed.trim().toLowerCase()))
    .toSorted((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }))
    .slice(0, most)
    .map(({ id, label }) => ({ text: plain(label, 75), value: id }))
}

function formOf(body: BlockSuggestion): StartForm | null {
  return body.view ? readStartForm(body.view) : null
}

async function mayLook(deps: Here, body: BlockSuggestion): Promise<boolean> {
  return 'actor' in (await deps.people.identify(body.user.id))
}
