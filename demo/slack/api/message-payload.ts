// A message as Slack's answers and interaction payloads show it.
import type { Message } from '../state/messages.ts'
import type { Team } from '../state/team.ts'

export function messagePayload(message: Message, team: Team) {
  const { channel: _channel, unfurls: _unfurls, files: _files, ...shown } = message
  if (message.bot_id === undefined) return { ...shown, team: team.teamId }
  return { ...shown, team: team.teamId, bot_profile: botProfile(team) }
}

export function botProfile(team: Team) {
  return {
    id: team.botId,
    app_id: team.appId,
    user_id: team.botUserId,
    name: team.appName,
    icons: {},
    deleted: false,
    updated: 0,
    team_id: team.teamId,
  }
}
