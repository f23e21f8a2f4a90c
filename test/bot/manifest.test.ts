// The manifest asks Slack for what the listeners answer, and for no right more than was agreed.
import { readFileSync } from 'node:fs'
import { App } from '@slack/bolt'
import { describe, expect, it } from 'vitest'
import type { ListenerDeps } from '../../bot/listeners/deps.ts'
import { registerListeners } from '../../bot/listeners/listeners.ts'
import manifest from '../../bot/manifest.json' with { type: 'json' }

function registered() {
  const app = new App({
    token: 'xoxb-x',
    botId: 'B1',
    botUserId: 'U1',
    receiver: { init: () => {}, start: async () => {}, stop: async () => {} },
  })
  const events: string[] = []
  const commands: string[] = []
  const options: unknown[] = []
  const spied = Object.assign(Object.create(app), {
    event: (name: string) => events.push(name),
    command: (name: string) => commands.push(name),
    options: (constraints: unknown) => options.push(constraints),
  }) as App
  registerListeners(spied, {} as ListenerDeps)
  return { events, commands, options }
}

describe('the manifest', () => {
  it('subscribes to the events that are listened to, and to no other', () => {
    expect(manifest.settings.event_subscriptions.bot_events.toSorted()).toEqual(
      registered().events.toSorted(),
    )
  })

  it('announces the commands that are answered', () => {
    expect(manifest.features.slash_commands.map((command) => command.command)).toEqual(registered().commands)
  })

  it('names an options address because menus are filled by the app', () => {
    expect(registered().options.length).toBeGreaterThan(0)
    expect(manifest.settings.interactivity).toMatchObject({ is_enabled: true })
    expect(manifest.settings.interactivity.message_menu_options_url).toMatch(/\/slack\/events$/)
  })

  it('uses one address for everything', () => {
    const text = readFileSync(new URL('../../bot/manifest.json', import.meta.url), 'utf8')
    expect(new Set(text.match(/https:\/\/[^"]+/g))).toEqual(
      new Set(['https://firstpass.example.com/slack/events']),
    )
  })

  it('asks for exactly the agreed rights', () => {
    expect(manifest.oauth_config.scopes.bot).toEqual(
      (
        'commands chat:write users:read users:read.email usergroups:read channels:read groups:read files:write ' +
        'links:read links:write im:write app_mentions:read'
      ).split(' '),
    )
  })
})
