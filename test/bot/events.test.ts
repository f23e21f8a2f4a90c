// What the app hears beside commands and clicks: its name.
import { describe, it } from 'vitest'
import { ines } from '../support/fixed-values.ts'
import { answerTo, channel, openBot } from './support/open-bot.ts'

describe('the app called by its name', () => {
  it('says how it is used, to the one who called', async () => {
    const open = await openBot()
    await open.workspace.mention({ user: ines.id, channel, text: 'what can you do?' })
    await answerTo(open, ines.id, '/rollout help')
  })
})
