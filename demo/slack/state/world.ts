// All that one workspace knows, in one object that the API, the acting people and the page share.
import { type Channel, directory, type User, type UserGroup } from './directory.ts'
import { files } from './files.ts'
import { messageInputs } from './message-inputs.ts'
import { messages } from './messages.ts'
import { notices } from './notices.ts'
import { readMarks } from './read-marks.ts'
import { responseUrls } from './response-urls.ts'
import type { Shared } from './shared.ts'
import type { Plan, Team } from './team.ts'
import { triggers } from './triggers.ts'
import { unfurlIds } from './unfurl-ids.ts'
import { views } from './views.ts'

export type WorldDeps = {
  shared: Shared
  team: Team
  plan: Plan
  users: User[]
  channels: Channel[]
  userGroups: UserGroup[]
  baseUrl: () => string
  socketCount: () => number
  fileProcessingMs: number
  imageIsReachable: (url: string) => Promise<boolean>
}

export type World = ReturnType<typeof world>

export function world({ shared, ...deps }: WorldDeps) {
  const { team, plan, baseUrl, socketCount, imageIsReachable } = deps
  const known = directory({ ...deps, changes: shared.changes })
  const posted = messages(shared)
  let currentPlan = plan
  return {
    ...shared,
    team,
    plan: () => currentPlan,
    changePlan: (changed: Plan) => {
      currentPlan = changed
      shared.changes.happened()
    },
    baseUrl,
    socketCount,
    imageIsReachable,
    directory: known,
    messages: posted,
    messageInputs: messageInputs(),
    views: views(shared),
    triggers: triggers(shared),
    responseUrls: responseUrls({ ...shared, baseUrl }),
    files: files({ ...shared, processingMs: deps.fileProcessingMs }),
    notices: notices(shared),
    readMarks: readMarks({ changes: shared.changes, directory: known, messages: posted }),
    unfurlIds: unfurlIds(shared),
    isInstalled: () => shared.installations.ofTeam(team.teamId) !== undefined,
  }
}
