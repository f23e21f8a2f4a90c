// What whoever starts a rollout should know beside the plan: that they may not, or that its cards have nowhere to go.
import type { Actor } from '../../server/domain/actor.ts'
import type { ProcedureSummary } from '../../server/service.ts'
import { type Markup, markup, oneLine } from '../blocks/markup.ts'
import { typed } from '../commands/words.ts'
import { channelState } from '../workspaces/channel-state.ts'
import type { Workspace, Workspaces } from '../workspaces/workspace.ts'
import type { StartForm } from './start-form.ts'

type Deps = Pick<Workspace, 'rights'> & { workspaces: Workspaces }

/** Replacing a live rollout is a right of its own. */
export function verbOf(form: Pick<StartForm, 'replaces'>): 'start' | 'supersede' {
  return form.replaces === null ? 'start' : 'supersede'
}

export async function startNotes(
  deps: Deps,
  by: Actor,
  form: Pick<StartForm, 'replaces'>,
  procedure: ProcedureSummary | null,
): Promise<Markup[]> {
  if (procedure === null) return []
  const [refused, channel] = await Promise.all([
    deps.rights.refused(by, verbOf(form), procedure.id),
    channelNote(deps, procedure),
  ])
  return [...(refused === null ? [] : [refused.text]), ...(channel === null ? [] : [channel])]
}

/** Null when the cards can appear, as far as Slack says. */
export async function channelNote(
  { workspaces }: Pick<Deps, 'workspaces'>,
  procedure: Pick<ProcedureSummary, 'name' | 'channel' | 'team'>,
): Promise<Markup | null> {
  const name = oneLine(procedure.name, 60)
  if (procedure.channel === null)
    return markup`*No channel* ${name} has none, so its cards appear nowhere. Set one with \`/rollout config ${typed(name)}\`.`
  const workspace = await workspaces.of(procedure.team)
  if (workspace === null)
    return markup`*No card* The channel of ${name} is in a Slack workspace where Firstpass is not installed.`
  const wrong = await channelState(workspace, procedure.channel)
  return wrong === null ? null : markup`*No card yet* ${wrong}`
}
