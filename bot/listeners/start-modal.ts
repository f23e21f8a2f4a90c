// Opens the start form before any slow work: the trigger lives three seconds.
import type { DeploymentId, ProcedureId, RolloutId } from '../../server/domain/ids.ts'
import { type Markup, markup } from '../blocks/markup.ts'
import { loadingModal, refusedModal, startModal } from '../blocks/start-modal.ts'
import { startSummary } from '../blocks/start-summary.ts'
import { type CheckedStart, checkStart, nothingChosen } from '../forms/check-start.ts'
import { declaredIn } from '../forms/declared.ts'
import { emptyForm, type StartForm } from '../forms/start-form.ts'
import { startNotes, verbOf } from '../forms/start-notes.ts'
import { within } from '../within.ts'
import type { Here } from './deps.ts'
import { drawOver } from './start-view.ts'

export type StartFrom = { trigger: string; user: string; channel: string | null }
export type StartPrefill = {
  procedureId?: ProcedureId
  deploymentId?: DeploymentId
  reason?: string
  supersedes?: RolloutId
}

/** Names are looked up first, for as long as the trigger surely lives; all else while the form is being read. */
const patienceMs = 1000

export async function openStartModal(deps: Here, from: StartFrom, prefill: StartPrefill = {}): Promise<void> {
  const client = deps.clients.interactive
  const form = emptyForm({
    channel: from.channel,
    procedureId: prefill.procedureId ?? null,
    deploymentId: prefill.deploymentId ?? null,
    reason: prefill.reason ?? '',
    replaces: prefill.supersedes ?? null,
  })
  const lookedUp = named(deps, form)
  const timely = await within(patienceMs, lookedUp)
  const first = timely.inTime ? startModal(form, timely.result, [waiting(form)]) : loadingModal(looking)
  const { view } = await client.views.open({ trigger_id: from.trigger, view: first })
  if (view?.id === undefined) return
  const identified = await deps.people.identify(from.user)
  if ('refused' in identified) return replace(deps, view.id, markup`${identified.refused}`)
  if (form.procedureId !== null) {
    const refused = await deps.rights.refused(identified.actor, verbOf(form), form.procedureId)
    if (refused !== null) return replace(deps, view.id, refused.text)
  }
  if (form.procedureId === null && timely.inTime) return
  const checked = await checkStart(deps.service, form, deps.now())
  const notes = await startNotes(deps, identified.actor, form, checked.procedure)
  const drawn = startModal(form, checked, startSummary(form, checked, notes))
  // Something may have been chosen meanwhile, and drawn: that is newer.
  await drawOver(deps, view.id, drawn, view.hash)
}

/** The procedure and the build by name: enough for a form that can be filled in. */
async function named({ service }: Here, form: StartForm): Promise<CheckedStart> {
  const procedure = form.procedureId === null ? null : await service.procedure(form.procedureId)
  const deployment =
    procedure === null || form.deploymentId === null
      ? null
      : await service.deployment(procedure.id, form.deploymentId)
  return { ...nothingChosen, procedure, deployment, declared: declaredIn(form, deployment) }
}

function waiting(form: StartForm): Markup {
  return form.procedureId === null
    ? markup`Choose a procedure to see which stations every stage takes.`
    : looking
}

const looking = markup`Looking up which stations every stage takes…`

async function replace(deps: Here, viewId: string, why: Markup): Promise<void> {
  await drawOver(deps, viewId, refusedModal(why))
}
