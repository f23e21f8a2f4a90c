// The words of a rollout for people: one place, so that a card, a reply and a notification say the same.
import type { Actor } from '../../server/domain/actor.ts'
import { titleOf } from '../../server/domain/gate-reading.ts'
import type { GateVerdict, VerdictWord } from '../../server/domain/gates/verdict.ts'
import { isKnownToSlack } from '../../server/domain/known-to-slack.ts'
import type { RolloutView, StageView } from '../../server/domain/rollout-view.ts'
import { type Markup, markup, mention, mentionGroup, moment, oneLine } from './markup.ts'

export const statusWords: Record<RolloutView['status'], string> = {
  pending: 'waiting to start',
  active: 'active',
  paused: 'paused',
  aborting: 'aborting',
  aborted: 'aborted',
  completed: 'completed',
}

/** A person's pause and a breach's say their reason themselves; the service's own need a word. */
export function pauseWord(reason: string): string {
  switch (reason) {
    case 'blind':
      return 'Paused while blind'
    case 'window':
      return 'Paused, window closed'
    default:
      return 'Paused'
  }
}

/** Never "no difference": evidence so far is all there is. */
export const verdictWords: Record<VerdictWord, string> = {
  pass: 'healthy so far',
  wait: 'not enough evidence yet',
  grey: 'unclear, a person decides',
  breach: 'breach',
  severe: 'severe breach',
  'no data': 'no data yet',
  blind: 'blind, numbers do not arrive',
}

/** Worst first: the order in which a reader needs them. */
export const verdictOrder: VerdictWord[] = ['severe', 'breach', 'blind', 'grey', 'no data', 'wait', 'pass']

/** As people read it, kept short: a gate may be called anything. */
export function gateTitle(name: string): string {
  return titleOf(name) ?? oneLine(name, 60)
}

/** The same within a sentence; names that people gave stay as they are. */
export function gateWord(name: string): string {
  return titleOf(name)?.toLowerCase() ?? oneLine(name, 60)
}

/** By its mode, or because it does not act in this stage. */
export function observes(gate: Pick<GateVerdict, 'mode' | 'acts'>): boolean {
  return gate.mode === 'observe' || !gate.acts
}

/** "PCBA-FCT 2.4.1" */
export function buildName(view: Pick<RolloutView, 'procedure' | 'deployment'>): string {
  return `${oneLine(view.procedure.name, 60)} ${oneLine(view.deployment.version, 40)}`
}

export function stagePlace(view: RolloutView, stage: StageView): string {
  return `stage ${stage.index + 1} of ${view.stages.length}`
}

/** A name for the record; nobody is called by it. */
export function named(actor: Actor): string {
  return oneLine(actor.name, 60)
}

/** The one person who owns it, called by name in Slack where Slack knows them. */
export function called(actor: Actor): Markup {
  return isKnownToSlack(actor) ? mention(actor.id) : markup`${named(actor)}`
}

/** The owner, and beside them the group on call. */
export function callsFor({ owner, alerts }: Pick<RolloutView, 'owner' | 'alerts'>): Markup {
  return alerts.onCall === null ? called(owner) : markup`${called(owner)} ${mentionGroup(alerts.onCall)}`
}

export type Decision = { what: string; by: Actor; at: number; why: string | null }

/** "Advanced to stage 3 by Anna, 14:02: looks good" */
export function decided(decision: Decision): Markup {
  const what = oneLine(decision.what, 120)
  const why = decision.why === null || decision.why === '' ? '' : `: ${oneLine(decision.why, 300)}`
  // "advanced, overriding: …" is a word and its details.
  const [word = '', ...details] = what.split(', ')
  const more = details.length === 0 ? '' : `, ${details.join(', ')}`
  return markup`*${capitalised(word)}*${more} by ${named(decision.by)}, ${moment(decision.at)}${why}`
}

/** One piece of text stays one piece: two halves are escaped apart, and could join to a call. */
export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
