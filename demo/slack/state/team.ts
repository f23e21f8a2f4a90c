// Who this workspace and its one installed app are; every payload and auth.test carry these ids.

export type Team = {
  teamId: string
  domain: string
  name: string
  appId: string
  appName: string
  botId: string
  botUserId: string
  botHandle: string
}

export const defaultTeam: Team = {
  teamId: 'T0FACTORY1',
  domain: 'factory',
  name: 'Factory',
  appId: 'A0FIRSTPAS',
  appName: 'Firstpass',
  botId: 'B0FIRSTPAS',
  botUserId: 'U0FIRSTPAS',
  botHandle: 'firstpass',
}
