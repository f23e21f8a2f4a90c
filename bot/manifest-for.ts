// The manifest of the Slack app for one address: what is pasted into Slack to make the app.
import manifest from './manifest.json' with { type: 'json' }

/** The address that the kept manifest stands for. */
const placeholder = 'https://firstpass.example.com'

/**
 * @param address where Slack and people reach the service; with `socket`, where people do: Slack needs no address then.
 * @returns the manifest, or in a sentence what is wrong with the address.
 */
export function manifestFor(address: string, { socket }: { socket: boolean }): object | { fault: string } {
  const url = publicAddress(address)
  if ('fault' in url) return url
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  const replaced: typeof manifest = JSON.parse(JSON.stringify(manifest).replaceAll(placeholder, base))
  const here = { ...replaced, features: { ...replaced.features, unfurl_domains: [url.hostname] } }
  return socket ? overSocket(here) : here
}

/** Slack takes no addresses for requests that go over the app's own connection. */
function overSocket(made: typeof manifest): object {
  const { features, settings } = made
  const { request_url: _events, ...event_subscriptions } = settings.event_subscriptions
  return {
    ...made,
    features: {
      ...features,
      slash_commands: features.slash_commands.map(({ url: _url, ...command }) => command),
    },
    settings: {
      ...settings,
      event_subscriptions,
      interactivity: { is_enabled: settings.interactivity.is_enabled },
      socket_mode_enabled: true,
    },
  }
}

function publicAddress(address: string): URL | { fault: string } {
  const expected =
    'expected the address under which Slack reaches the service, such as https://firstpass.example.com'
  if (!URL.canParse(address)) return { fault: `${expected}, got ${JSON.stringify(address)}` }
  const url = new URL(address)
  const got = `got ${address}`
  if (url.protocol !== 'https:') return { fault: `${expected}: it starts with https://, ${got}` }
  if (isOnlyHere(url.hostname))
    return { fault: `${expected}: Slack cannot reach this machine by that name, ${got}` }
  if (url.username || url.password || url.search || url.hash)
    return { fault: `${expected}: without a user, a question mark or a number sign, ${got}` }
  if (url.port !== '')
    return { fault: `${expected}: without a port, because Slack shows links by their host alone, ${got}` }
  return url
}

function isOnlyHere(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    /^(127\.|0\.0\.0\.0$|169\.254\.)/.test(host) ||
    host.startsWith('[')
  )
}
