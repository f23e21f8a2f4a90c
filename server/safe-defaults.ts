// What has to be set before the service listens where other machines can reach it. On this machine alone nothing is asked.
const leastToken = 32
const leastDifferent = 10
/** Words of examples and of people in a hurry. */
const placeholder =
  /change.?me|example|placeholder|password|passwort|secret|your.?token|admin.?token|default|12345/i

type Given = Record<string, string | undefined>
type Fault = { name: string; why: string }

/** @param given settings as they came, without those that are set to nothing. */
export function unsafeSettings(given: Given): Fault[] {
  const { HOST = '127.0.0.1' } = given
  const beyond = openTofupilot(given)
  if (isHere(HOST)) return beyond
  const because = `because HOST is ${HOST}, which other machines reach`
  return [...weakToken(given.ADMIN_TOKEN, because), ...openLine(given, because), ...beyond]
}

function weakToken(token: string | undefined, because: string): Fault[] {
  // That there is none is told anyway.
  if (token === undefined) return []
  const why = weakness(token.trim())
  if (why === null) return []
  return [
    {
      name: 'ADMIN_TOKEN',
      why: `expected at least ${leastToken} random characters, ${because}, got ${why}. Make one with: openssl rand -base64 32`,
    },
  ]
}

function weakness(token: string): string | null {
  if (token.length < leastToken) return `${token.length}`
  if (new Set(token).size < leastDifferent) return `only ${new Set(token).size} different ones`
  return placeholder.test(token) ? 'words that stand in examples' : null
}

/** Keys, tokens and sessions travel with every request. */
function openLine({ PUBLIC_URL, ALLOW_HTTP }: Given, because: string): Fault[] {
  if (ALLOW_HTTP === 'true') return []
  const way =
    'Put a proxy with TLS before it and name its address, or set ALLOW_HTTP=true where everybody on that network is trusted.'
  const url = PUBLIC_URL?.trim()
  if (url === undefined)
    return [
      { name: 'PUBLIC_URL', why: `expected the address with https://, ${because}, got nothing. ${way}` },
    ]
  if (!URL.canParse(url) || new URL(url).protocol === 'https:' || isHere(new URL(url).hostname)) return []
  return [{ name: 'PUBLIC_URL', why: `expected https://, ${because}, got ${JSON.stringify(url)}. ${way}` }]
}

/** Wherever this service listens, its key for TofuPilot travels to there. */
function openTofupilot({ TOFUPILOT_URL, ALLOW_HTTP }: Given): Fault[] {
  const url = URL.parse(TOFUPILOT_URL?.trim() ?? '')
  if (ALLOW_HTTP === 'true' || url?.protocol !== 'http:' || isHere(url.hostname)) return []
  const why = `expected https://, because the key is sent there, got ${JSON.stringify(TOFUPILOT_URL)}`
  return [
    { name: 'TOFUPILOT_URL', why: `${why}. Set ALLOW_HTTP=true where everybody on that network is trusted.` },
  ]
}

function isHere(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}
