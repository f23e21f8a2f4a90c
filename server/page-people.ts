// What the pages ask of Slack about a person who signed in: who that is, and what they may do now.
import type { Actor } from './domain/actor.ts'
import type { ProcedureId } from './domain/ids.ts'
import type { RightfulVerb } from './domain/rights.ts'

export type SlackPerson = { team: string; user: string }
/** `refused`: why, in words for that person. */
export type Identified = { actor: Actor } | { refused: string }

export type PagePeople = {
  /** A full member of a workspace that this service serves, as Slack says now or said a minute ago. */
  identify(person: SlackPerson): Promise<Identified>
  /** The same, and one who may do all of these now, by the policy in force and Slack's user groups. Fails closed. */
  mayAct(person: SlackPerson, verbs: RightfulVerb[], procedureId: ProcedureId): Promise<Identified>
}
