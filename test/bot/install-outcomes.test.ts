// How an installation ends, where the local Slack cannot bring it about.
import type { Installation } from '@slack/oauth'
import { expect, it } from 'vitest'
import { failed, whyRefused, workspaceOf } from '../../bot/workspaces/install-outcomes.ts'

const bot = { token: 'xoxb-1', id: 'B1', userId: 'U1', scopes: [] }
const team = { id: 'T1', name: 'Factory' }
const made = (part: Partial<Installation>): Installation => ({
  team,
  enterprise: undefined,
  user: { token: undefined, scopes: undefined, id: 'U2' },
  bot,
  ...part,
})

it('one workspace with its bot is kept', () => {
  expect(whyRefused(made({}), null)).toBeNull()
  expect(whyRefused(made({}), ['T1'])).toBeNull()
  expect(workspaceOf(made({}))).toEqual(team)
  expect(workspaceOf(made({ team: { id: 'T1' } }))).toEqual({ id: 'T1', name: 'T1' })
})

it('a whole organisation is refused, with what to do instead', () => {
  const whole = made({ team: undefined, enterprise: { id: 'E1' }, isEnterpriseInstall: true })
  expect(whyRefused(whole, null)).toMatchObject({
    title: 'Firstpass is installed one workspace at a time',
    paragraphs: expect.arrayContaining([expect.stringContaining('choose a workspace')]),
    link: { url: '/slack/install' },
  })
  expect(workspaceOf(whole)).toBeNull()
})

it('an app without a bot is refused', () => {
  const { bot: _bot, ...without } = made({})
  expect(whyRefused(without, null)?.title).toBe('Slack gave Firstpass no bot')
  expect(workspaceOf(without)).toBeNull()
})

it('a fault of our own says that nothing was installed, and nothing of the fault', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' })
  const page = failed(error)
  expect(page.paragraphs.join(' ')).toContain('Nothing was installed.')
  expect(JSON.stringify(page)).not.toContain('10.0.0.1')
})
