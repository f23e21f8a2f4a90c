// The fields of the settings, filled with what holds. User groups have no menu of Slack's own: theirs search.
import type { InputBlock, KnownBlock, PlainTextOption } from '@slack/types'
import { type People, slackChannelId } from '../../server/domain/people.ts'
import type { VerbKind } from '../../server/domain/rights.ts'
import { configBlocks, groupAction, groupsBlock, usersBlock, valueAction } from '../forms/config-form.ts'
import type { UserGroup } from '../workspaces/user-groups.ts'
import { plain } from './build.ts'
import { kindWords, type Settings } from './config-text.ts'

export function configFields(settings: Settings): KnownBlock[] {
  const { procedure, policy, groups } = settings
  const { alerts, rights } = policy.effective
  const option = (id: string) => groupOption(groups?.find((group) => group.id === id) ?? { id, handle: id })
  const conversation = (id: string | null) =>
    slackChannelId.safeParse(id).success && id !== null ? { initial_conversation: id } : {}
  const channelMenu = (id: string | null): InputBlock['element'] => ({
    type: 'conversations_select',
    action_id: valueAction,
    filter: { include: ['public', 'private'], exclude_bot_users: true },
    ...conversation(id),
  })
  const groupMenu = (id: string | null): InputBlock['element'] => ({
    type: 'external_select',
    action_id: groupAction,
    min_query_length: 0,
    ...(id === null ? {} : { initial_option: option(id) }),
  })
  const who = (kind: VerbKind) => {
    const { groups: chosen, users } = rights[kind] ?? nobody
    return [
      input(groupsBlock(kind), `${kindWords[kind]}: user groups`, {
        type: 'multi_external_select',
        action_id: groupAction,
        min_query_length: 0,
        ...(chosen.length === 0 ? {} : { initial_options: chosen.map(option) }),
      }),
      input(
        usersBlock(kind),
        `${kindWords[kind]}: people`,
        {
          type: 'multi_users_select',
          action_id: valueAction,
          ...(users.length === 0 ? {} : { initial_users: users }),
        },
        'People count also while Slack cannot say who is in a group. Nobody in both fields: every full member.',
      ),
    ]
  }
  const channel = procedure && [
    input(
      configBlocks.channel,
      'Channel of the cards',
      channelMenu(procedure.channel),
      'Empty: stays as it is.',
    ),
    input(
      configBlocks.autoPush,
      'New production builds',
      pushMenu(procedure.autoPush),
      'By themselves: with the standard plan, under these settings. A rollback switches that off.',
    ),
  ]
  const { startApprovals, stageApprovals, approvalsLastMinutes } = policy.effective
  return [
    ...(channel ?? []),
    input(
      configBlocks.alertChannel,
      'Alert channel',
      channelMenu(alerts.channel),
      'Severe breaches are told here too.',
    ),
    input(configBlocks.onCall, 'On-call group', groupMenu(alerts.onCall), 'Called for every breach.'),
    input(
      configBlocks.second,
      'Second group',
      groupMenu(alerts.second),
      'Called when nobody answers in time.',
    ),
    number(
      configBlocks.escalate,
      'Minutes until the second group is called',
      alerts.escalateAfterMinutes,
      1,
      10_080,
    ),
    ...(['decide', 'stop', 'approve', 'configure'] as const).flatMap(who),
    number(configBlocks.startApprovals, 'Approvals for a start', startApprovals, 0, 10),
    number(configBlocks.stageApprovals, 'Approvals for each stage', stageApprovals, 0, 10),
    number(configBlocks.last, 'Minutes an approval lasts', approvalsLastMinutes, 1, 129_600),
    input(configBlocks.fourEyes, 'Whoever started a rollout may approve it', fourEyesMenu(settings)),
    input(configBlocks.why, 'Why', { type: 'plain_text_input', action_id: valueAction, max_length: 500 }),
  ]
}

function pushMenu(autoPush: boolean): InputBlock['element'] {
  const off = { text: plain('Wait for somebody to start them', 75), value: 'off' }
  const on = { text: plain('Start by themselves when they are ready', 75), value: 'on' }
  return {
    type: 'static_select',
    action_id: valueAction,
    options: [off, on],
    initial_option: autoPush ? on : off,
  }
}

function fourEyesMenu({ procedure, policy, organisation }: Settings): InputBlock['element'] {
  const no = { text: plain('No: four eyes', 75), value: 'yes' }
  const yes = { text: plain('Yes', 75), value: 'no' }
  const theirs = organisation.effective.fourEyes ? 'no: four eyes' : 'yes'
  const inherited = { text: plain(`As the organisation has it: ${theirs}`, 75), value: 'inherited' }
  const own = policy.own.fourEyes ? no : yes
  return {
    type: 'static_select',
    action_id: valueAction,
    options: procedure === null ? [no, yes] : [inherited, no, yes],
    initial_option: policy.own.fourEyes === null ? inherited : own,
  }
}

function number(blockId: string, label: string, value: number | null, low: number, high: number): InputBlock {
  return input(
    blockId,
    label,
    {
      type: 'number_input',
      action_id: valueAction,
      is_decimal_allowed: !Number.isInteger(value ?? 1),
      min_value: String(low),
      max_value: String(high),
      ...(value === null ? {} : { initial_value: String(value) }),
    },
    `From ${low} to ${high}.`,
  )
}

function groupOption({ id, handle }: Pick<UserGroup, 'id' | 'handle'>): PlainTextOption {
  return { text: plain(handle === id ? id : `@${handle}`, 75), value: id }
}

function input(blockId: string, label: string, element: InputBlock['element'], hint?: string): InputBlock {
  return {
    type: 'input',
    block_id: blockId,
    optional: true,
    label: plain(label, 100),
    element,
    ...(hint === undefined ? {} : { hint: plain(hint, 150) }),
  }
}

const nobody: People = { groups: [], users: [] }
