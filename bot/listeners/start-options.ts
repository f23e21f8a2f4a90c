// The menus of the start form that are filled while somebody types: procedures and their builds.
import type { App, BlockSuggestion } from '@slack/bolt'
import type { OptionGroup, PlainTextOption } from '@slack/types'
import type { DeploymentLine } from '../../server/service.ts'
import { plain } from '../blocks/build.ts'
import { startActions } from '../blocks/start-modal.ts'
import { readStartForm } from '../start-form.ts'
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
      await ack({
        options: found.slice(0, most).map(({ id, name }) => ({ text: plain(name, 75), value: id })),
      })
    },
  )
  app.options<'block_suggestion'>(
    { type: 'block_suggestion', action_id: startActions.deployment },
    async ({ ack, body, context }) => {
      const procedure = procedureOf(body)
      const found =
        procedure !== null && (await mayLook(await here(deps, context), body))
          ? await deps.service.deployments(procedure, body.value)
          : []
      const groups = deploymentGroups(found)
      await ack(groups.length === 0 ? { options: [] } : { option_groups: groups })
    },
  )
}

/** What can be rolled out comes first; what cannot says why. */
function deploymentGroups(found: DeploymentLine[]): OptionGroup[] {
  const eligible = found.filter((line) => line.notEligible === null)
  const others = found.filter((line) => line.notEligible !== null)
  return [
    { label: plain('Can be rolled out', 75), options: eligible.slice(0, mostPerGroup).map(option) },
    { label: plain('Cannot be rolled out now', 75), options: others.slice(0, mostPerGroup).map(option) },
  ].filter((group) => group.options.length > 0)
}

function option(line: DeploymentLine): PlainTextOption {
  const message = line.message.trim().split('\n', 1)[0] ?? ''
  return {
    text: plain(`${line.version} (${line.sha.slice(0, 7)}) ${message}`, 75),
    value: line.id,
    description: plain(line.notEligible ?? `${line.environment}, by ${line.author}`, 75),
  }
}

function procedureOf(body: BlockSuggestion) {
  return body.view ? readStartForm(body.view).procedureId : null
}

async function mayLook(deps: Here, body: BlockSuggestion): Promise<boolean> {
  return 'actor' in (await deps.people.identify(body.user.id))
}
