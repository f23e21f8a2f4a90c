// People who act on the pages: in Slack they are the same people, with the same rights.
import type { Actor } from '../../server/domain/actor.ts'
import type { ProcedureId } from '../../server/domain/ids.ts'
import { type RightfulVerb, stops } from '../../server/domain/rights.ts'
import type { Workspace, Workspaces } from './workspace.ts'

type Person = { team: string; user: string }
type Identified = { actor: Actor } | { refused: string }

/**
 * @param deps.workspaces null while Slack has not been reached.
 * @param deps.teams workspaces that are let in; null: every one in which the app is installed.
 */
export function pagePeople(deps: { workspaces: () => Workspaces | null; teams: string[] | null }) {
  async function placeOf({ team }: Person): Promise<Workspace | { refused: string }> {
    const workspaces = deps.workspaces()
    if (workspaces === null)
      return { refused: 'Slack cannot be asked who you are just now, so nothing was changed. Try again.' }
    if (deps.teams !== null && !deps.teams.includes(team)) return { refused: notHere }
    return (await workspaces.of(team)) ?? { refused: notHere }
  }

  async function identify(person: Person): Promise<Identified> {
    const place = await placeOf(person)
    return 'refused' in place ? place : onPage(await place.people.identify(person.user))
  }

  async function mayAct(
    person: Person,
    verbs: RightfulVerb[],
    procedureId: ProcedureId,
  ): Promise<Identified> {
    const place = await placeOf(person)
    if ('refused' in place) return place
    const identified = await place.people.identify(person.user, verbs.every(stops))
    if ('refused' in identified) return identified
    for (const verb of verbs) {
      const refused = await place.rights.refusal(identified.actor, verb, procedureId)
      if (refused !== null) return { refused }
    }
    return onPage(identified)
  }

  return { identify, mayAct }
}

const notHere =
  'Firstpass is not installed in the Slack workspace that you signed in with, so its people may not do this here.'

function onPage(identified: Identified): Identified {
  return 'refused' in identified ? identified : { actor: { ...identified.actor, door: 'page' } }
}
