// Who people who signed in on the pages are to Slack: asked anew, of their own workspace, and in doubt nobody.
import { expect, it } from 'vitest'
import { defaultTeam, secondTeam } from '../../demo/slack/state/team.ts'
import { ines } from '../support/fixed-values.ts'
import { openBot } from './support/open-bot.ts'

const person = { team: defaultTeam.teamId, user: ines.id }

it('a full member is known by the name that Slack has, at the door of the page', async () => {
  const { bot } = await openBot()
  expect(await bot.people.identify(person)).toEqual({ actor: { ...ines, door: 'page' } })
})

it('people of other workspaces, or of one that is not let in, are refused', async () => {
  const { bot } = await openBot()
  expect(await bot.people.identify({ ...person, team: secondTeam.teamId })).toMatchObject({
    refused: expect.stringContaining('not installed in the Slack workspace'),
  })
  const elsewhere = await openBot({ settings: { teams: [secondTeam.teamId] } })
  expect(await elsewhere.bot.people.identify(person)).toHaveProperty('refused')
  const here = await openBot({ settings: { teams: [defaultTeam.teamId] } })
  expect(await here.bot.people.identify(person)).toHaveProperty('actor')
})

it('while Slack cannot be asked nobody is let in', async () => {
  const connecting = await openBot({ connecting: true, away: true })
  expect(await connecting.bot.people.identify(person)).toMatchObject({
    refused: expect.stringContaining('Slack cannot be asked who you are just now'),
  })
  const open = await openBot()
  open.workspace.faults.set({ kind: 'error500', methods: ['users.info'] })
  expect(await open.bot.people.identify(person)).toHaveProperty('refused')
})
