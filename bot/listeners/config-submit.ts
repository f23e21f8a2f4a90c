// Saves the form of /rollout config: while it is open, so that a refusal costs nobody what they entered.
import type { App, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import { z } from 'zod'
import { procedureId as procedureIdOf } from '../../server/domain/ids.ts'
import type { PolicyScope } from '../../server/domain/policy.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import { type Settings, settingsText } from '../blocks/config-text.ts'
import { join, type Markup, markup, said } from '../blocks/markup.ts'
import { modalIds } from '../blocks/reason-modals.ts'
import { readObject } from '../button-value.ts'
import { refusalLine } from '../commands/answer.ts'
import {
  type ConfigForm,
  configBlocks,
  type Faults,
  policyWith,
  readConfigForm,
} from '../forms/config-form.ts'
import { settingsOf } from '../forms/settings.ts'
import { within } from '../within.ts'
import { type Here, here, type ListenerDeps } from './deps.ts'

type Metadata = z.infer<typeof metadata>
type Args = SlackViewMiddlewareArgs<ViewSubmitAction> & { context: { teamId?: string } }
type Saved = { faults: Faults } | { text: Markup }

const metadata = z.object({
  scope: z.union([z.literal('organisation'), procedureIdOf]),
  version: z.int(),
  organisationVersion: z.int(),
  channel: z.string().nullable(),
})

export function configSubmit(app: App, deps: ListenerDeps): void {
  app.view<ViewSubmitAction>({ callback_id: modalIds.config, type: 'view_submission' }, (args) =>
    submit(deps, args),
  )
}

/** Slack waits three seconds; what is not settled by then is told to the person when it is. */
async function submit(deps: ListenerDeps, { ack, body, view, context }: Args): Promise<void> {
  const carried = metadata.safeParse(readObject(view.private_metadata))
  if (!carried.success) return ack()
  const form = readConfigForm(view)
  if ('faults' in form) return ack({ response_action: 'errors', errors: form.faults })
  const place = here(deps, context)
  const work = place.then((at) => save(at, body, carried.data, form))
  const timely = await within(2000, work)
  if (timely.inTime && 'faults' in timely.result)
    return ack({ response_action: 'errors', errors: timely.result.faults })
  await ack()
  const result = await work
  const text =
    'text' in result ? result.text : markup`${Object.values(result.faults).join(' ')} Nothing was saved.`
  await (await place).tell({ user: body.user.id, channel: carried.data.channel ?? undefined }, text)
}

async function save(deps: Here, body: ViewSubmitAction, on: Metadata, form: ConfigForm): Promise<Saved> {
  const { service, log } = deps
  const facts = {
    user: body.user.id,
    team: body.team?.id,
    trigger: body.trigger_id,
    verb: 'config',
    scope: on.scope,
  }
  const refuse = (why: string): Saved => {
    log.info({ ...facts, decision: 'refused' }, why)
    return { faults: { [configBlocks.why]: why } }
  }
  try {
    const identified = await deps.people.identify(body.user.id)
    if ('refused' in identified) return refuse(identified.refused)
    const by = identified.actor
    const procedureId = on.scope === 'organisation' ? null : on.scope
    const notAllowed = await deps.rights.refusal(by, 'config', procedureId)
    if (notAllowed !== null) return refuse(notAllowed)
    const settings = await settingsOf(deps, on.scope)
    if (settings === null) return refuse('There is no such procedure any more.')
    const moved = movedOn(settings, on)
    if (moved !== null) return refuse(moved)
    const policy = policyWith(form, settings.policy, settings.organisation)
    const did: Markup[] = []
    if (policy !== null) {
      const change = { policy, readVersion: on.version, why: form.why }
      const done = await service.setPolicy(on.scope, change, by)
      if (isRefusal(done)) return refuse(refusalLine(done))
      did.push(said(done.did, 300))
    }
    if (procedureId !== null && form.channel !== null && form.channel !== settings.procedure?.channel) {
      const done = await service.setChannel(procedureId, { channel: form.channel, team: deps.teamId }, by)
      if (isRefusal(done)) return refuse(refusalLine(done))
      did.push(markup`cards go to ${{ markup: `<#${form.channel}>` }} from now on`)
    }
    if (procedureId !== null && form.autoPush !== null && form.autoPush !== settings.procedure?.autoPush) {
      const done = await service.setAutoPush(procedureId, form.autoPush, by)
      if (isRefusal(done)) return refuse(refusalLine(done))
      did.push(said(done.did, 300))
    }
    log.info({ ...facts, decision: 'done', changed: did.length > 0 }, 'the settings were saved')
    return { text: await savedText(deps, on.scope, did) }
  } catch (error) {
    log.error({ err: error, ...facts }, 'the settings could not be saved')
    return refuse(
      'Firstpass failed to save this. Open /rollout config anew and look at what holds before you try again.',
    )
  }
}

/** The organisation's too: what a field showed as inherited must still be what is inherited. */
function movedOn({ policy, organisation }: Settings, on: Metadata): string | null {
  const newer =
    policy.version !== on.version
      ? policy
      : organisation.version !== on.organisationVersion
        ? organisation
        : null
  if (newer === null) return null
  const who = newer.changed?.by.name ?? 'Somebody'
  const what = newer === policy ? 'these settings' : 'the settings of all procedures'
  return `${who} changed ${what} while this form was open, so yours were not saved. What you entered stays here to be read: open /rollout config anew and enter it there.`
}

async function savedText(deps: Here, scope: PolicyScope, did: Markup[]): Promise<Markup> {
  const settings = await settingsOf(deps, scope)
  const what = did.length === 0 ? markup`Nothing was changed.` : markup`Saved: ${join(did, '; ')}.`
  if (settings === null) return what
  return join([what, settingsText(settings), ...settings.troubles.map((each) => markup`*${each}*`)], '\n')
}
