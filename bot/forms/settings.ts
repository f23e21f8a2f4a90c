// The settings of one procedure, or of all, as they hold, with what is wrong with their channels.
import type { PolicyScope } from '../../server/domain/policy.ts'
import type { Service } from '../../server/service.ts'
import type { Settings } from '../blocks/config-text.ts'
import { channelState } from '../workspaces/channel-state.ts'
import type { Workspace } from '../workspaces/workspace.ts'

type Reader = { service: Pick<Service, 'procedure' | 'policy'> } & Pick<Workspace, 'clients' | 'rights'>

/** Null when there is no such procedure. */
export async function settingsOf(deps: Reader, scope: PolicyScope): Promise<Settings | null> {
  const { service, rights } = deps
  const [procedure, policy, organisation, groups] = await Promise.all([
    scope === 'organisation' ? null : service.procedure(scope),
    service.policy(scope),
    service.policy('organisation'),
    rights.groups.all(),
  ])
  if (policy === null || organisation === null || (scope !== 'organisation' && procedure === null))
    return null
  const channels = [procedure?.channel ?? null, policy.effective.alerts.channel]
  return { procedure, policy, organisation, groups, troubles: await troublesIn(deps, channels) }
}

async function troublesIn(deps: Reader, channels: (string | null)[]): Promise<string[]> {
  const distinct = new Set(
    channels.flatMap((channel) => (channel !== null && /^[CG][A-Z0-9]+$/.test(channel) ? [channel] : [])),
  )
  const states = await Promise.all([...distinct].map((channel) => channelState(deps, channel)))
  return states.flatMap((state) => state ?? [])
}
