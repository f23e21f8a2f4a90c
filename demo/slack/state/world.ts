// All that this workspace knows, in one object that the API, the acting people and the page share.
import { calls } from './calls.ts'
import { changes } from './changes.ts'
import { type Channel, directory, type User, type UserGroup } from './directory.ts'
import { faults } from './faults.ts'
import { files } from './files.ts'
import { ids } from './ids.ts'
import { messageInputs } from './message-inputs.ts'
import { messages } from './messages.ts'
import { notices } from './notices.ts'
import { responseUrls } from './response-urls.ts'
import type { Team } from './team.ts'
import { triggers } from './triggers.ts'
import { views } from './views.ts'

export type WorldDeps = {
  team: Team
  users: User[]
  channels: Channel[]
  userGroups: UserGroup[]
  now: () => number
  baseUrl: () => string
  fileProcessingMs: number
  imageIsReachable: (url: string) => Promise<boolean>
}

export type World = ReturnType<typeof world>

export function world(deps: WorldDeps) {
  const change = changes()
  const id = ids(deps)
  const shared = { ids: id, changes: change, now: deps.now }
  return {
    team: deps.team,
    now: deps.now,
    baseUrl: deps.baseUrl,
    imageIsReachable: deps.imageIsReachable,
    ids: id,
    changes: change,
    directory: directory(deps),
    messages: messages(shared),
    messageInputs: messageInputs(),
    views: views(shared),
    triggers: triggers(shared),
    responseUrls: responseUrls({ ...shared, baseUrl: deps.baseUrl }),
    files: files({ ...shared, processingMs: deps.fileProcessingMs }),
    faults: faults(shared),
    calls: calls(shared),
    notices: notices(shared),
  }
}
