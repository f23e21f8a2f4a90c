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

/** User groups belong to the paid plans. */
export type Plan = 'free' | 'paid'

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

/** Another company's workspace with the same app: everything of its own but the app's id. */
export const secondTeam: Team = {
  ...defaultTeam,
  teamId: 'T0SUPPLIER',
  domain: 'supplier',
  name: 'Supplier',
  botId: 'B0FIRSTPA2',
  botUserId: 'U0FIRSTPA2',
}
