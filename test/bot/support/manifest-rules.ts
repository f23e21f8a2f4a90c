// What Slack takes as an app manifest, as far as this app uses it; stated apart from the manifest, strict about the rest.
// Source: docs.slack.dev/reference/app-manifest
import { z } from 'zod'

const text = (most: number, least = 1) => z.string().min(least).max(most)
const address = (most: number) => z.url({ protocol: /^https$/ }).max(most)
const distinct = (most: number, each: z.ZodString) =>
  z
    .array(each)
    .max(most)
    .refine((list) => new Set(list).size === list.length, 'expected each once')

const shortcut = z.strictObject({
  name: text(24),
  type: z.enum(['message', 'global']),
  callback_id: text(255),
  description: text(150),
})
const command = z.strictObject({
  command: text(32, 2).regex(/^\/\S+$/),
  url: address(3000).optional(),
  description: text(2000),
  usage_hint: text(1000).optional(),
  should_escape: z.boolean().optional(),
})

export const manifestRules = z.strictObject({
  _metadata: z.strictObject({ major_version: z.int(), minor_version: z.int() }).optional(),
  display_information: z.strictObject({
    name: text(35),
    description: text(140),
    long_description: text(4000, 175),
    background_color: z.string().regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({ display_name: text(80), always_online: z.boolean() }),
    shortcuts: z.array(shortcut).min(1).max(10),
    slash_commands: z.array(command).min(1).max(50),
    unfurl_domains: distinct(5, text(255).regex(/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/)),
  }),
  oauth_config: z.strictObject({
    redirect_urls: distinct(1000, text(2500).regex(/^https:\/\//)),
    scopes: z.strictObject({ user: distinct(255, text(50)), bot: distinct(255, text(50)) }),
  }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({
      request_url: address(3500).optional(),
      bot_events: distinct(100, text(50)),
    }),
    interactivity: z.strictObject({
      is_enabled: z.boolean(),
      request_url: address(3500).optional(),
      message_menu_options_url: address(3500).optional(),
    }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
})
