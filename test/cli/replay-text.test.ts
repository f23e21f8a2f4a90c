// What a replay found, as the command line shows it.
import { expect, test } from 'vitest'
import { replayText } from '../../cli/replay-text.ts'
import { snakeCase } from '../../server/routes/snake-case.ts'
import { aReplay } from '../support/replay-builder.ts'

type Kept = Parameters<typeof replayText>[0]
const kept = (more: Parameters<typeof aReplay>[0] = {}) => snakeCase(aReplay(more)) as Kept

test('a replay is told by how often it stopped healthy builds and which drops it found', () => {
  const { text, code } = replayText(kept())
  expect(code).toBeUndefined()
  expect(text).toMatch(/^healthy builds stopped +1 of 20 \(95 %: 1\.0 % to 25\.0 %; budget 5\.0 %\)$/m)
  expect(text).toMatch(/^1 station +1 of 20 +drops of 8 points +none asked for$/m)
})

test('a replay that found nothing says why, and ends with 1', () => {
  expect(replayText(kept({ result: null, failedWhy: 'out of memory' }))).toMatchObject({
    code: 1,
    text: 'the replay failed: out of memory',
  })
})
