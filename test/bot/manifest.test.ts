// The manifest asks Slack for what the listeners answer, and for no right more than the code needs.
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App } from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import { describe, expect, it } from 'vitest'
import type { ListenerDeps } from '../../bot/listeners/deps.ts'
import { registerListeners } from '../../bot/listeners/listeners.ts'
import manifest from '../../bot/manifest.json' with { type: 'json' }
import { manifestFor } from '../../bot/manifest-for.ts'
import { manifestRules } from './support/manifest-rules.ts'
import { scopesOfEvents, scopesOfFeatures, scopesOfMethods } from './support/scopes-needed.ts'

type Registered = { kind: string; constraints: unknown }
type Shortcut = { type?: string; callback_id: string }

function registered(): Registered[] {
  const app = new App({
    authorize: async () => ({ botId: 'B1', botUserId: 'U1' }),
    receiver: { init: () => {}, start: async () => {}, stop: async () => {} },
  })
  const found: Registered[] = []
  const note = (kind: string) => (constraints: unknown) => void found.push({ kind, constraints })
  const kinds = ['event', 'command', 'shortcut', 'action', 'options', 'view', 'message', 'function']
  const spies = Object.fromEntries(kinds.map((kind) => [kind, note(kind)]))
  registerListeners(Object.assign(Object.create(app), spies) as App, {} as ListenerDeps, async () => {})
  return found
}

const of = <Constraints>(kind: string) =>
  registered().flatMap((each) => (each.kind === kind ? [each.constraints as Constraints] : []))
const sources = readdirSync('bot', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join('bot', file), 'utf8'))
const { bot: scopes } = manifest.oauth_config.scopes

const webApi = new WebClient()

describe('the manifest and the code', () => {
  it('agree on the events', () => {
    const heard = [...new Set(of<string>('event'))].toSorted()
    expect(manifest.settings.event_subscriptions.bot_events.toSorted()).toEqual(heard)
  })

  it('agree on the commands', () => {
    expect(manifest.features.slash_commands.map((each) => each.command)).toEqual(of<string>('command'))
  })

  it('agree on the shortcuts, and on where each is offered', () => {
    const offered = manifest.features.shortcuts.map(({ type, callback_id }) => ({ type, callback_id }))
    const answered = of<Shortcut>('shortcut').map(({ type, callback_id }) => ({
      type: type === 'message_action' ? 'message' : 'global',
      callback_id,
    }))
    const byId = (a: Shortcut, b: Shortcut) => a.callback_id.localeCompare(b.callback_id)
    expect(offered.toSorted(byId)).toEqual(answered.toSorted(byId))
  })

  it('agree that clicks, forms and menus come to the app', () => {
    expect(of('action').length).toBeGreaterThan(0)
    expect(of('view').length).toBeGreaterThan(0)
    expect(of('options').length).toBeGreaterThan(0)
    expect(manifest.settings.interactivity).toEqual({
      is_enabled: true,
      request_url: 'https://firstpass.example.com/slack/events',
      message_menu_options_url: 'https://firstpass.example.com/slack/events',
    })
  })

  it('agree on what is asked of people who sign in on the pages, and where they come back', () => {
    const signIn = readFileSync('server/sign-in.ts', 'utf8')
    expect(signIn).toContain(`scope: '${manifest.oauth_config.scopes.user.join(' ')}'`)
    const callback = '/signin/callback'
    expect(manifest.oauth_config.redirect_urls).toContain(`https://firstpass.example.com${callback}`)
    expect(readFileSync('server/slack-of.ts', 'utf8')).toContain(`\`\${publicUrl()}${callback}\``)
  })

  it('listen to no messages and offer no steps, which nothing in the manifest allows', () => {
    expect([...of('message'), ...of('function')]).toEqual([])
  })

  it('agree on the Home, which is published, and on messages, which are not read', () => {
    expect(sources.some((source) => source.includes('.views.publish('))).toBe(true)
    expect(manifest.features.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: true,
    })
  })
})

describe('the rights that the manifest asks for', () => {
  // What looks like a call of the Web API, and is one.
  const called = sources.flatMap((source) => [...source.matchAll(/\.([a-z]\w+(?:\.\w+)+)\(/gi)])
  const methods = new Set(
    called.map(([, method]) => webApiMethod(method ?? '')).filter((each) => each !== ''),
  )

  it('are those agreed, and no more', () => {
    expect(scopes).toEqual(
      (
        'commands chat:write users:read users:read.email usergroups:read channels:read groups:read files:write ' +
        'links:read links:write im:write app_mentions:read'
      ).split(' '),
    )
  })

  it('cover every method that the code calls', () => {
    expect(methods.size).toBeGreaterThan(8)
    for (const method of methods) {
      expect(Object.keys(scopesOfMethods)).toContain(method)
      expect(scopes).toEqual(expect.arrayContaining(scopesOfMethods[method] ?? []))
    }
  })

  it('cover every event that is subscribed to', () => {
    for (const event of manifest.settings.event_subscriptions.bot_events) {
      expect(Object.keys(scopesOfEvents)).toContain(event)
      expect(scopes).toEqual(expect.arrayContaining(scopesOfEvents[event] ?? []))
    }
  })

  it('are each needed by a method, an event or a feature', () => {
    const needed = [
      ...[...methods].flatMap((method) => scopesOfMethods[method] ?? []),
      ...manifest.settings.event_subscriptions.bot_events.flatMap((event) => scopesOfEvents[event] ?? []),
      ...Object.values(scopesOfFeatures).flat(),
    ]
    expect(scopes.filter((scope) => !needed.includes(scope))).toEqual([])
  })
})

describe('the manifest made for an address', () => {
  const made = (url: string, socket = false) => manifestFor(url, { socket })

  it('is one that Slack takes, over both doors', () => {
    for (const each of [manifest, made('https://line.example.org'), made('https://line.example.org', true)])
      expect(manifestRules.safeParse(each).error?.issues).toBeUndefined()
  })

  it('has that address everywhere, and the placeholder nowhere', () => {
    const text = JSON.stringify(made('https://Line.example.org/firstpass/'))
    expect(new Set(text.match(/https:\/\/[^"]+/g))).toEqual(
      new Set([
        'https://line.example.org/firstpass/slack/events',
        'https://line.example.org/firstpass/slack/oauth_redirect',
        'https://line.example.org/firstpass/signin/callback',
      ]),
    )
    expect(made('https://line.example.org')).toMatchObject({
      features: { unfurl_domains: ['line.example.org'] },
    })
    expect(text).not.toContain('example.com')
  })

  it('for Socket Mode switches it on and names no address for requests', () => {
    const socket = made('https://line.example.org', true)
    expect(socket).toMatchObject({
      settings: { socket_mode_enabled: true, interactivity: { is_enabled: true } },
    })
    expect(JSON.stringify(socket)).not.toContain('/slack/events')
    expect(made('https://line.example.org')).toMatchObject({ settings: { socket_mode_enabled: false } })
  })

  it.each([
    'http://line.example.org',
    'https://localhost',
    'https://127.0.0.1',
    'https://[::1]/',
    'https://line.localhost',
    'https://user:word@line.example.org',
    'https://line.example.org:8443',
    'https://line.example.org/?a=b',
    'line.example.org',
    '',
  ])('is not made for %j, and says what was expected and what came', (url) => {
    expect(made(url)).toEqual({ fault: expect.stringMatching(/^expected the address.*got /) })
  })

  it('is printed by its command, ready to be pasted, or refused with how to ask', () => {
    const command = ['--disable-warning=ExperimentalWarning', 'bot/print-manifest.ts']
    const printed = execFileSync(process.execPath, [...command, '--url', 'https://line.example.org'], {
      encoding: 'utf8',
    })
    expect(JSON.parse(printed)).toEqual(made('https://line.example.org'))
    for (const wrong of [[], ['--url', 'http://line.example.org'], ['--adress', 'x']]) {
      const refused = spawnSync(process.execPath, [...command, ...wrong], { encoding: 'utf8' })
      expect(refused).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringContaining('Usage: npm run'),
      })
    }
  })
})

/** The longest end of it that names a method of the Web API. */
function webApiMethod(path: string): string {
  const parts = path.split('.')
  const ends = parts.map((_, index) => parts.slice(index))
  const named = ends.find((names) => {
    const found = names.reduce<unknown>(
      (at, name) => (at as Record<string, unknown> | undefined)?.[name],
      webApi,
    )
    return names.length > 1 && typeof found === 'function'
  })
  return named?.join('.') ?? ''
}
