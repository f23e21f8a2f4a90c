// The form of /rollout config, filled with what holds now; and the same as text for those who may not change it.
import type { ModalView } from '@slack/types'
import type { PolicyScope } from '../../server/domain/policy.ts'
import { plain, section } from './build.ts'
import { configFields } from './config-fields.ts'
import { type Settings, settingsText } from './config-text.ts'
import { join, type Markup, markup, moment } from './markup.ts'
import { modalIds } from './reason-modals.ts'
import { named } from './wording.ts'

export type ConfigMetadata = {
  scope: PolicyScope
  version: number
  organisationVersion: number
  channel: string | null
}

const title = plain('Rollout settings', 24)
const close = plain('Cancel', 24)

export function loadingModal(): ModalView {
  return { type: 'modal', title, close, blocks: [section('loading', markup`Reading the settings…`)] }
}

export function configModal(settings: Settings, channel: string | null): ModalView {
  const { policy, organisation } = settings
  const metadata: ConfigMetadata = {
    scope: policy.scope,
    version: policy.version,
    organisationVersion: organisation.version,
    channel,
  }
  return {
    type: 'modal',
    callback_id: modalIds.config,
    private_metadata: JSON.stringify(metadata),
    title,
    submit: plain('Save', 24),
    close,
    blocks: [section('intro', intro(settings), 2900), ...configFields(settings)],
  }
}

/** For those who may look and not change. */
export function settingsModal(settings: Settings, notAllowed: Markup): ModalView {
  const blocks = [
    section('intro', intro(settings), 1500),
    section('settings', settingsText(settings), 2900),
    section('not_allowed', notAllowed, 1500),
  ]
  return { type: 'modal', title, close: plain('Close', 24), blocks }
}

function intro({ procedure, policy, groups, troubles }: Settings): Markup {
  const what = procedure === null ? markup`*All procedures*` : markup`*${procedure.name}*`
  const changed =
    policy.changed === null
      ? markup`Nobody has changed them yet.`
      : markup`Changed by ${named(policy.changed.by)}, ${moment(policy.changed.at)}.`
  const how =
    procedure === null
      ? 'They hold for every procedure that has none of its own.'
      : 'The fields show what holds now, also what comes from the organisation; a change is for this procedure alone.'
  const silent =
    groups === null
      ? [
          markup`Slack does not tell its user groups now (a paid plan and the scope usergroups:read are needed): name people.`,
        ]
      : []
  return join(
    [markup`${what}: ${how} ${changed}`, ...silent, ...troubles.map((trouble) => markup`${trouble}`)],
    '\n',
  )
}
