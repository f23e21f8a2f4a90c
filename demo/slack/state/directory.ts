// The people, channels and user groups of the workspace, and who is in which conversation.
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
}

export type UserGroup = { id: string; handle: string; name: string; users: string[]; disabled?: boolean }

export type Conversation = Channel & { directMessageWith?: string }

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

export function directory(deps: { team: Team; users: User[]; channels: Channel[]; userGroups: UserGroup[] }) {
  const bot: User = {
    id: deps.team.botUserId,
    name: deps.team.botHandle,
    realName: deps.team.appName,
    email: '',
    isBot: true,
  }
  const everybody = [...deps.users, bot]

  function directMessage(userId: string): Conversation {
    return { id: `D${userId.slice(1)}`, name: 'directmessage', directMessageWith: userId, members: [userId] }
  }

  function user(id: string): User | undefined {
    return everybody.find((one) => one.id === id)
  }

  /** A user's id stands for the direct message with them, as it does in chat.postMessage. */
  function conversation(id: string): Conversation | undefined {
    const person = deps.users.find((one) => id === one.id || id === directMessage(one.id).id)
    return person ? directMessage(person.id) : deps.channels.find((one) => one.id === id)
  }

  function isMember(userId: string, place: Conversation): boolean {
    return place.members === undefined || place.members.includes(userId)
  }

  return {
    user,
    conversation,
    directMessage,
    isMember,
    people: () => deps.users,
    everybody: () => everybody,
    channels: () => deps.channels,
    userGroups: () => deps.userGroups,
    userGroup: (id: string) => deps.userGroups.find((group) => group.id === id),
  }
}
