// The settings of a procedure, or of all, as text: for those who may not change them, and for an answer.
import type { Alerts } from '../../server/domain/alerts.ts'
import type { People } from '../../server/domain/people.ts'
import type { VerbKind } from '../../server/domain/rights.ts'
import type { PolicyView, ProcedureSummary } from '../../server/service.ts'
import type { UserGroup } from '../workspaces/user-groups.ts'
import { join, type Markup, markup, mention, mentionGroup, oneLine } from './markup.ts'

export type Settings = {
  /** Null: those of all procedures. */
  procedure: ProcedureSummary | null
  policy: PolicyView
  organisation: PolicyView
  /** Null while Slack does not tell. */
  groups: UserGroup[] | null
  /** What is wrong with the channels, in plain sentences. */
  troubles: string[]
}

export const kindWords: Record<VerbKind, string> = {
  decide: 'May start, advance, resume',
  stop: 'May pause, abort, roll back, freeze',
  approve: 'May approve',
  configure: 'May change these settings',
}

export function settingsText({ procedure, policy }: Pick<Settings, 'procedure' | 'policy'>): Markup {
  const { alerts, rights, startApprovals, stageApprovals, approvalsLastMinutes, fourEyes } = policy.effective
  const kinds = (['decide', 'stop', 'approve', 'configure'] as const).map(
    (kind) => markup`${kindWords[kind]}: ${peopleText(rights[kind] ?? null)}`,
  )
  const single = Object.entries(rights).flatMap(([verb, who]) =>
    who === undefined || verb in kindWords ? [] : [markup`May use \`${verb}\`: ${peopleText(who)}`],
  )
  const lasts = approvalsLastMinutes === null ? '' : `, each lasts ${approvalsLastMinutes} minutes`
  return join(
    [
      ...(procedure === null
        ? []
        : [
            markup`Cards: ${channelText(procedure.channel)}`,
            markup`New builds: ${procedure.autoPush ? 'start by themselves' : 'wait for somebody to start them'}`,
          ]),
      ...alertLines(alerts),
      ...kinds,
      ...single.slice(0, 20),
      markup`Approvals: ${startApprovals ?? 0} for a start, ${stageApprovals ?? 0} for each stage${lasts}${fourEyes ? '; whoever started may not approve' : ''}`,
    ],
    '\n',
  )
}

function alertLines({ channel, onCall, second, escalateAfterMinutes }: Alerts): Markup[] {
  const then =
    second === null
      ? markup`nobody else`
      : markup`${mentionGroup(second)} after ${escalateAfterMinutes} minutes without an answer`
  return [
    markup`Alerts: ${channel === null ? 'only in the channel of the cards' : channelText(channel)}`,
    markup`Called for a breach: the owner${onCall === null ? '' : markup` and ${mentionGroup(onCall)}`}, then ${then}`,
  ]
}

function peopleText(who: People | null): Markup {
  if (who === null) return markup`every full member`
  const names = [...who.groups.map(mentionGroup), ...who.users.slice(0, 20).map(mention)]
  const more = who.users.length - 20
  if (names.length === 0) return markup`nobody`
  return join([...names, ...(more > 0 ? [markup`${more} more`] : [])], ', ')
}

function channelText(channel: string | null): Markup {
  if (channel === null) return markup`nowhere`
  return /^[CG][A-Z0-9]+$/.test(channel) ? { markup: `<#${channel}>` } : markup`${oneLine(channel, 80)}`
}
