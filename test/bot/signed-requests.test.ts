// Requests that pretend to be Slack's: whatever of one is changed, old, early or there twice, nothing is done.
import { describe, expect, it } from 'vitest'
import { ines } from '../support/fixed-values.ts'
import { channel, openBot, signingSecret } from './support/open-bot.ts'
import { slackRequest } from './support/slack-request.ts'

const command = new URLSearchParams({
  command: '/rollout',
  text: 'help',
  user_id: ines.id,
  team_id: 'T1',
  channel_id: channel,
  trigger_id: '1.2',
}).toString()
const seconds = 1_000
const signed = (at = Date.now()) => slackRequest(command, signingSecret, { at })
type Request = Omit<ReturnType<typeof signed>, 'headers'> & { headers: Record<string, string | string[]> }
const answered = async (request: Request) => {
  const { server } = await openBot()
  return (await server.inject(request)).statusCode
}

describe('the time of a request', () => {
  it.each([
    [0, 200],
    [-290, 200],
    [-303, 401],
    [-86_400, 401],
    [290, 200],
    [310, 401],
    [86_400, 401],
  ])('%i s from now is answered with %i', async (offset, status) => {
    expect(await answered(signed(Date.now() + offset * seconds))).toBe(status)
  })

  it('is under the signature: an old request does not become young by it', async () => {
    const old = signed(Date.now() - 3_600 * seconds)
    const young = String(Math.floor(Date.now() / 1000))
    expect(await answered({ ...old, headers: { ...old.headers, 'x-slack-request-timestamp': young } })).toBe(
      401,
    )
  })

  it.each(['', 'now', '1e99', '-1', '0', 'Infinity', 'NaN'])('is not %j', async (timestamp) => {
    const headers = { ...signed().headers, 'x-slack-request-timestamp': timestamp }
    expect(await answered({ ...signed(), headers })).toBe(401)
  })
})

describe('the signature of a request', () => {
  it('is of every byte of the body', async () => {
    const { server } = await openBot()
    const request = signed()
    for (let place = 0; place < command.length; place += 7) {
      const other = command[place] === 'x' ? 'y' : 'x'
      const payload = command.slice(0, place) + other + command.slice(place + 1)
      expect([place, (await server.inject({ ...request, payload })).statusCode]).toEqual([place, 401])
    }
    for (const payload of [`${command}&`, command.slice(0, -1), `${command}\n`, ''])
      expect((await server.inject({ ...request, payload })).statusCode).toBe(401)
    expect((await server.inject(request)).statusCode).toBe(200)
  })

  it('counts once: neither the signature nor the time may be there twice', async () => {
    const { headers } = signed()
    const forged = `v0=${'0'.repeat(64)}`
    for (const name of ['x-slack-signature', 'x-slack-request-timestamp'] as const)
      for (const twice of [
        [headers[name], headers[name]],
        [forged, headers[name]],
        [headers[name], forged],
      ])
        expect(await answered({ ...signed(), headers: { ...headers, [name]: twice } })).toBe(401)
  })

  it.each([
    ['of another version', (signature: string) => signature.replace('v0', 'v1')],
    ['cut short', (signature: string) => signature.slice(0, -1)],
    ['longer', (signature: string) => `${signature}0`],
    ['in capitals', (signature: string) => signature.toUpperCase()],
    ['without its version', (signature: string) => signature.slice(3)],
    ['empty', () => ''],
  ])('%s is none', async (_what, change) => {
    const { headers } = signed()
    const signature = change(headers['x-slack-signature'])
    expect(await answered({ ...signed(), headers: { ...headers, 'x-slack-signature': signature } })).toBe(401)
  })
})
