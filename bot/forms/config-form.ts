// The settings of /rollout config: what the form shows of a policy, and what a filled form makes of it.
import type { ViewOutput } from '@slack/bolt'
import type { Alerts } from '../../server/domain/alerts.ts'
import {
  type People,
  people as peopleSchema,
  slackChannelId,
  slackGroupId,
} from '../../server/domain/people.ts'
import { type Rights, type VerbKind, verbKind } from '../../server/domain/rights.ts'
import type { OwnPolicy, PolicyView } from '../../server/service.ts'

export const configBlocks = {
  channel: 'channel',
  autoPush: 'auto_push',
  alertChannel: 'alert_channel',
  onCall: 'on_call',
  second: 'second',
  escalate: 'escalate',
  startApprovals: 'start_approvals',
  stageApprovals: 'stage_approvals',
  fourEyes: 'four_eyes',
  last: 'approvals_last',
  why: 'why',
} as const
export const usersBlock = (kind: VerbKind) => `${kind}_users`
export const groupsBlock = (kind: VerbKind) => `${kind}_groups`
/** Every element of the form has this action id but the menus of groups, which are filled while somebody types. */
export const valueAction = 'value'
export const groupAction = 'config_group'

export type ConfigForm = {
  channel: string | null
  /** A build that becomes ready starts by itself; null: as it is. */
  autoPush: boolean | null
  alerts: Omit<Alerts, 'escalateAfterMinutes'>
  /** Null: as it is. */
  escalateAfterMinutes: number | null
  who: Record<VerbKind, People>
  startApprovals: number | null
  stageApprovals: number | null
  /** Null: as the organisation has it. */
  fourEyes: boolean | null
  approvalsLastMinutes: number | null
  why: string | null
}
export type Faults = Record<string, string>

/** What was filled in; or by block what is wrong with it. */
export function readConfigForm(view: ViewOutput): ConfigForm | { faults: Faults } {
  const faults: Faults = {}
  const field = (block: string) => Object.values(view.state.values[block] ?? {})[0]
  const number = (block: string, low: number, high: number, whole: boolean): number | null => {
    const text = field(block)?.value?.trim() ?? ''
    if (text === '') return null
    const value = Number(text)
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value)))
      faults[block] = `Expected a ${whole ? 'whole ' : ''}number from ${low} to ${high}, got ${text}.`
    return value
  }
  const parsed = <Value>(
    schema: { safeParse(value: unknown): Parsed<Value> },
    block: string,
    value: unknown,
  ) => {
    const result = schema.safeParse(value)
    if (!result.success) faults[block] = result.error.issues[0]?.message ?? 'Expected another value.'
    return result.success ? result.data : null
  }
  const optional = (schema: typeof slackChannelId, block: string, value: string | null | undefined) =>
    value ? parsed(schema, block, value) : null
  const who = (kind: VerbKind): People => {
    const groups = (field(groupsBlock(kind))?.selected_options ?? []).map((option) => option.value)
    const users = field(usersBlock(kind))?.selected_users ?? []
    return parsed(peopleSchema, usersBlock(kind), { groups, users }) ?? { groups: [], users: [] }
  }
  const channelIn = (block: string) => optional(slackChannelId, block, field(block)?.selected_conversation)
  const groupIn = (block: string) => optional(slackGroupId, block, field(block)?.selected_option?.value)
  const push = field(configBlocks.autoPush)?.selected_option?.value
  const eyes = field(configBlocks.fourEyes)?.selected_option?.value
  const form: ConfigForm = {
    channel: channelIn(configBlocks.channel),
    autoPush: push === 'on' ? true : push === 'off' ? false : null,
    alerts: {
      channel: channelIn(configBlocks.alertChannel),
      onCall: groupIn(configBlocks.onCall),
      second: groupIn(configBlocks.second),
    },
    escalateAfterMinutes: number(configBlocks.escalate, 1, 10_080, false),
    who: { decide: who('decide'), stop: who('stop'), approve: who('approve'), configure: who('configure') },
    startApprovals: number(configBlocks.startApprovals, 0, 10, true),
    stageApprovals: number(configBlocks.stageApprovals, 0, 10, true),
    fourEyes: eyes === 'yes' ? true : eyes === 'no' ? false : null,
    approvalsLastMinutes: number(configBlocks.last, 1, 129_600, false),
    why: field(configBlocks.why)?.value?.trim() || null,
  }
  return Object.keys(faults).length > 0 ? { faults } : form
}

type Parsed<Value> =
  | { success: true; data: Value }
  | { success: false; error: { issues: { message: string }[] } }

/**
 * The policy with what the form says; null where nothing was changed. What was left as it holds stays as it was set;
 * what is changed to the organisation's goes on following the organisation. Rights are one setting, and so is who is
 * called: a change of one part takes the others along as they hold.
 */
export function policyWith(
  form: ConfigForm,
  { scope, own, effective }: PolicyView,
  organisation: PolicyView,
): OwnPolicy | null {
  const inherited = scope === 'organisation' ? null : organisation.effective
  const settled = <Value>(now: Value, held: Value, ownOne: Value | null, theirs: Value | undefined) => {
    if (same(now, held)) return ownOne
    return inherited !== null && same(now, theirs) ? null : now
  }
  const approvals = (name: 'startApprovals' | 'stageApprovals' | 'approvalsLastMinutes') =>
    settled(form[name], effective[name], own[name], inherited?.[name])
  const rights = rightsWith(effective.rights, form.who)
  const escalateAfterMinutes = form.escalateAfterMinutes ?? effective.alerts.escalateAfterMinutes
  const alerts = { ...form.alerts, escalateAfterMinutes }
  const next = {
    ...own,
    rights: settled(rights, effective.rights, own.rights, inherited?.rights),
    alerts: settled(alerts, effective.alerts, own.alerts, inherited?.alerts),
    startApprovals: approvals('startApprovals'),
    stageApprovals: approvals('stageApprovals'),
    approvalsLastMinutes: approvals('approvalsLastMinutes'),
    fourEyes: inherited === null ? (form.fourEyes ?? false) : form.fourEyes,
  }
  return same(next, own) ? null : next
}

/** Rights of single verbs stay; nobody named means everybody, unless it was nobody that was meant before. */
function rightsWith(held: Rights, who: Record<VerbKind, People>): Rights {
  const kinds = verbKind.options.flatMap((kind) => {
    const { groups, users } = who[kind]
    const wasNobody = held[kind]?.groups.length === 0 && held[kind].users.length === 0
    return groups.length + users.length > 0 || wasNobody ? [[kind, who[kind]] as const] : []
  })
  const verbs = Object.entries(held).filter(([name]) => !verbKind.options.some((kind) => kind === name))
  return Object.fromEntries([...kinds, ...verbs])
}

/** Whatever the order of keys. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([key, each]) => [key, sorted(each)]),
  )
}
