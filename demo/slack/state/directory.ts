// The people, channels and user groups of the workspace, and who is in which conversation.
import type { Changes } from './changes.ts'
import type { Team } from './team.ts'

export type User = {
  id: string
  name: string
  realName: string
  email: string
  title?: string
  tz?: string
  teamId?: string
  isRestricted?: boolean
  isUltraRestricted?: boolean
  isBot?: boolean
  deleted?: boolean
}

export type Channel = {
  id: string
  name: string
  topic?: string
  isPrivate?: boolean
  /** Whether the app was invited; without it a post is refused with `not_in_channel`. Default true. */
  appIsMember?: boolean
  /** User ids; everybody when absent. */
  members?: string[]
  isArchived?: boolean
  /** Shared with another organisation over Slack Connect. */
  isExtShared?: boolean
}

export type UserGroup = { id: string; handle: string; name: string; users: string[]; disabled?: boolean }

export type Conversation = Channel & { directMessageWith?: string }

/** Handles as a factory may have them; the demo's policy names them. */
export const defaultUserGroups: UserGroup[] = [
  { id: 'S0TESTENGS', handle: 'test-engineers', name: 'Test engineers', users: ['U0TESTENG1', 'U0PROCESS1'] },
  { id: 'S0LINELEAD', handle: 'line-leads', name: 'Line leads', users: ['U0LINELEAD'] },
  { id: 'S0ONCALL01', handle: 'on-call', name: 'On call for the test stations', users: ['U0ONCALL01'] },
  { id: 'S0QUALITY1', handle: 'quality', name: 'Quality', users: ['U0QUALITY1'] },
]

export const defaultUsers: User[] = [
  {
    id: 'U0TESTENG1',
    name: 'ines',
    realName: 'Ines Duarte',
    email: 'ines@factory.test',
    title: 'Test engineer',
  },
  {
    id: 'U0PROCESS1',
    name: 'marek',
    realName: 'Marek Nowak',
    email: 'marek@factory.test',
    title: 'Process engineer',
  },
  {
    id: 'U0LINELEAD',
    name: 'priya',
    realName: 'Priya Raman',
    email: 'priya@factory.test',
    title: 'Line lead, line 2',
  },
  { id: 'U0ONCALL01', name: 'tomas', realName: 'Tomás Vega', email: 'tomas@factory.test', title: 'On call' },
  {
    id: 'U0QUALITY1',
    name: 'grace',
    realName: 'Grace Okafor',
    email: 'grace@factory.test',
    title: 'Quality engineer',
  },
  {
    id: 'U0GUEST001',
    name: 'guest-lee',
    realName: 'Lee Park (guest)',
    email: 'lee@supplier.test',
    title: 'Supplier',
    isRestricted: true,
  },
]

export const defaultChannels: Channel[] = [
  { id: 'C0ROLLOUTS', name: 'pcba-rollouts', topic: 'New builds on their way to the stations' },
  { id: 'C0LINE2000', name: 'line-2', topic: 'Line 2: alerts and handovers' },
]

export type Directory = ReturnType<typeof directory>

export function directory(deps: {
  team: Team
  users: User[]
  channels: Channel[]
  userGroups: UserGroup[]
  changes: Changes
}) {
  let channels = deps.channels
  let users = deps.users
  const bot: User = {
    id: deps.team.botUserId,
    name: deps.team.botHandle,
    realName: deps.team.appName,
    email: '',
    isBot: true,
  }

  function directMessage(userId: string): Conversation {
    return { id: `D${userId.slice(1)}`, name: 'directmessage', directMessageWith: userId, members: [userId] }
  }

  function user(id: string): User | undefined {
    return everybody().find((one) => one.id === id)
  }

  function everybody(): User[] {
    return [...users, bot]
  }

  /** A user's id stands for the direct message with them, as it does in chat.postMessage. */
  function conversation(id: string): Conversation | undefined {
    const person = users.find((one) => id === one.id || id === directMessage(one.id).id)
    return person ? directMessage(person.id) : channels.find((one) => one.id === id)
  }

  function isMember(userId: string, place: Conversation): boolean {
    return place.members === undefined || place.members.includes(userId)
  }

  /** As an admin does by hand: archive it, take the app out of it, invite it again. */
  function changeChannel(id: string, part: Partial<Omit<Channel, 'id'>>): void {
    channels = channels.map((one) => (one.id === id ? { ...one, ...part } : one))
    deps.changes.happened()
  }

  function changeUser(id: string, part: Partial<Omit<User, 'id'>>): void {
    users = users.map((one) => (one.id === id ? { ...one, ...part } : one))
    deps.changes.happened()
  }

  return {
    user,
    conversation,
    directMessage,
    isMember,
    people: () => users,
    everybody,
    channels: () => channels,
    changeChannel,
    changeUser,
    userGroups: () => deps.userGroups,
    userGroup: (id: string) => deps.userGroups.find((group) => group.id === id),
  }
}
