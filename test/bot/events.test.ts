// What the app hears beside commands and clicks: its name, and links to its pages.
import { describe, expect, it } from 'vitest'
import { ines } from '../support/fixed-values.ts'
import { aRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { answerTo, channel, openBot } from './support/open-bot.ts'

const unfurlDomains = ['firstpass.example.com']

describe('the app called by its name', () => {
  it('says how it is used, to the one who called', async () => {
    const open = await openBot()
    await open.workspace.mention({ user: ines.id, channel, text: 'what can you do?' })
    await answerTo(open, ines.id, '/rollout start')
  })
})

describe('a link to the page of a rollout', () => {
  it('shows how the rollout stands, without buttons to decide', async () => {
    const open = await openBot({
      service: fakeService({ rollouts: [aRollout()] }),
      workspace: { unfurlDomains },
    })
    await open.workspace.say({ user: ines.id, channel, text: `see ${aRollout().url}` })
    const shown = () => JSON.stringify(open.workspace.messages(channel)[0]?.unfurls ?? {})
    await open.workspace.waitFor(() => shown().includes('First-pass yield'), 2000)
    expect(shown()).not.toContain('"abort"')
  })

  it('stays a link when it is no rollout of ours', async () => {
    const open = await openBot({ service: fakeService(), workspace: { unfurlDomains } })
    await open.workspace.say({ user: ines.id, channel, text: `see ${aRollout().url}` })
    await open.workspace.mention({ user: ines.id, channel, text: 'hello' })
    await answerTo(open, ines.id, '/rollout start')
    expect(open.workspace.calls().map((call) => call.method)).not.toContain('chat.unfurl')
  })
})
