// A browser as far as a server sees it: keeps the cookies it is given, sends those of a path, follows redirects if told.
import type { FastifyInstance } from 'fastify'

type Kept = { name: string; value: string; path: string; attributes: string }
export type Seen = { status: number; body: string; headers: Record<string, string | undefined>; at: string }

const host = 'firstpass.test'

export type TestBrowser = {
  get(address: string, headers?: Record<string, string>): Promise<Seen>
  post(
    address: string,
    form: Record<string, string> | string,
    headers?: Record<string, string>,
  ): Promise<Seen>
  visit(address: string): Promise<Seen>
  cookies(): Kept[]
  copyTo(other: FastifyInstance): TestBrowser
  keep(cookies: Kept[]): void
}

export function testBrowser(app: FastifyInstance): TestBrowser {
  let kept: Kept[] = []

  async function ask(
    method: 'GET' | 'POST',
    address: string,
    { form, headers = {} }: { form?: Record<string, string> | string; headers?: Record<string, string> } = {},
  ): Promise<Seen> {
    const url = new URL(address, `http://${host}`)
    const at = `${url.pathname}${url.search}`
    const cookie = kept
      .filter(({ path }) => url.pathname === path || url.pathname.startsWith(path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const answer = await app.inject({
      method,
      url: at,
      headers: {
        host,
        ...(cookie === '' ? {} : { cookie }),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() }),
    })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) take(line)
    const seen = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
    )
    return { status: answer.statusCode, body: answer.body, headers: seen, at }
  }

  function take(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const [name = '', value = ''] = pair.split('=')
    const path = attributes.find((each) => each.startsWith('Path='))?.slice(5) ?? '/'
    const isGone = attributes.some(
      (each) => each === 'Max-Age=0' || each.startsWith('Expires=Thu, 01 Jan 1970'),
    )
    kept = kept.filter((each) => each.name !== name || each.path !== path)
    if (!isGone) kept.push({ name, value, path, attributes: attributes.join('; ') })
  }

  return {
    get: (address: string, headers?: Record<string, string>) =>
      ask('GET', address, { headers: headers ?? {} }),
    post: (address: string, form: Record<string, string> | string, headers?: Record<string, string>) =>
      ask('POST', address, { form, headers: headers ?? {} }),
    /** As `get`, on to where it is sent. */
    async visit(address: string): Promise<Seen> {
      let seen = await ask('GET', address)
      for (let hops = 0; hops < 5 && seen.headers.location !== undefined; hops++)
        seen = await ask('GET', new URL(seen.headers.location, new URL(seen.at, `http://${host}`)).href)
      return seen
    },
    cookies: () => kept,
    /** Another browser that stole, or was given, the cookies of this one. */
    copyTo(other: FastifyInstance) {
      const copy = testBrowser(other)
      copy.keep(kept)
      return copy
    },
    keep(cookies: Kept[]): void {
      kept = [...cookies]
    },
  }
}
