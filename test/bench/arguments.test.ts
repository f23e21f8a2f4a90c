import { describe, expect, test } from 'vitest'
import { parseArguments } from '../../bench/calibrate/arguments.ts'

describe('the arguments of the calibration', () => {
  test('have a default for everything; a quick run plays fewer rollouts', () => {
    const usual = { quick: false, json: false, write: false, seed: 1, rollouts: 1000 }
    expect(parseArguments([])).toEqual({ kind: 'run', arguments: usual })
    expect(parseArguments(['--quick'])).toMatchObject({ arguments: { quick: true, rollouts: 60 } })
  })

  test('are read', () => {
    expect(parseArguments(['--json', '--seed', '7', '--rollouts=50'])).toMatchObject({
      kind: 'run',
      arguments: { json: true, seed: 7, rollouts: 50 },
    })
  })

  test.each([
    [['--seed', '-1']],
    [['--rollouts', '1']],
    [['--rollouts', 'many']],
    [['--slow']],
    [['word']],
    [['--quick', '--write']],
  ])('%j is refused with what was expected', (argv) => {
    expect(parseArguments(argv)).toMatchObject({ kind: 'wrong', faults: [expect.any(String)] })
  })
})
