// The parts that all interaction payloads share, in Slack's shapes.
import type { User } from '../state/directory.ts'
import type { Team } from '../state/team.ts'

/** The deprecated verification token; still sent, never to be trusted. */
export const verificationToken = 'legacy-verification-token'

export function payload(type: string, user: User, team: Team) {
  return {
    type,
    team: { id: team.teamId, domain: team.domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId ?? team.teamId },
    api_app_id: team.appId,
    token: verificationToken,
    enterprise: null,
    is_enterprise_install: false,
  }
}
