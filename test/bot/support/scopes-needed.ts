// Which scope a bot token needs for a method, an event or a feature. Source: docs.slack.dev/reference/methods and /events

/** Null: any token may. Several: one for each kind of channel. */
export const scopesOfMethods: Record<string, string[] | null> = {
  'auth.revoke': null,
  'auth.test': null,
  'chat.getPermalink': null,
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.unfurl': ['links:write'],
  'chat.update': ['chat:write'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'files.uploadV2': ['files:write'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': null,
  'views.publish': null,
  'views.push': null,
  'views.update': null,
}

export const scopesOfEvents: Record<string, string[] | null> = {
  app_home_opened: null,
  app_mention: ['app_mentions:read'],
  app_uninstalled: null,
  link_shared: ['links:read'],
  tokens_revoked: null,
}

/** Agreed for what the app shows of people and starts with them, where no method of its own asks for it. */
export const scopesOfFeatures = {
  'commands and shortcuts': ['commands'],
  'direct messages to people': ['im:write'],
  'the address by which people of a workspace are known elsewhere': ['users:read.email'],
}
