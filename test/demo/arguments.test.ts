import { describe, expect, it } from 'vitest'
import { helpText, parseArguments } from '../../demo/arguments.ts'
import { scenarioNames } from '../../demo/factory/scenario.ts'

const read = (...argv: string[]) => parseArguments(argv)
const faultsOf = (...argv: string[]) => {
  const parsed = parseArguments(argv)
  return parsed.kind === 'wrong' ? parsed.faults : []
}

describe('the arguments of the demo', () => {
  it('has a default for everything', () => {
    expect(read()).toEqual({
      kind: 'run',
      arguments: {
        scenario: 'healthy',
        stations: 24,
        speed: 60,
        seed: 1,
        port: 3000,
        'slack-port': 3001,
        data: '.data/demo',
        'no-slack': false,
        socket: false,
        empty: true,
      },
    })
  })

  it('reads every flag', () => {
    const words =
      '--scenario regression --stations=12 --speed 10 --seed 7 --port 4000 --slack-port 4001 --data here'
    expect(read(...words.split(' '))).toMatchObject({
      kind: 'run',
      arguments: { scenario: 'regression', stations: 12, speed: 10, seed: 7, port: 4000, 'slack-port': 4001 },
    })
  })

  it('empties its own directory unless told to keep it, and a given one only when told to', () => {
    const empties = (...argv: string[]) => {
      const parsed = parseArguments(argv)
      return parsed.kind === 'run' && parsed.arguments.empty
    }
    expect(empties()).toBe(true)
    expect(empties('--keep')).toBe(false)
    expect(empties('--data', 'mine')).toBe(false)
    expect(empties('--data', 'mine', '--fresh')).toBe(true)
  })

  it('tells all faults at once, each with what was expected and what came', () => {
    const words = '--scenario odd --stations one --speed 0 --port 70000 --colour blue extra'
    const faults = faultsOf(...words.split(' '))
    expect(faults).toEqual([
      `--scenario: expected ${scenarioNames.join(', ')}, got "odd"`,
      '--stations: expected a whole number from 2 to 500, got "one"',
      '--speed: expected a whole number from 1 to 600, got "0"',
      '--port: expected a whole number from 1 to 65535, got "70000"',
      expect.stringContaining('--colour: not known here; there are --scenario, --stations'),
      ...['blue', 'extra'].map((word) => expect.stringContaining(`${word}: not known here`)),
    ])
  })

  it('says so when a flag stands without its value', () => {
    expect(faultsOf('--stations')).toEqual(['--stations: expected a whole number from 2 to 500, got nothing'])
    expect(faultsOf('--keep=yes')).toEqual(['--keep: expected no value, got "yes"'])
  })

  it('refuses what contradicts itself', () => {
    expect(faultsOf('--port', '4000', '--slack-port', '4000')).toHaveLength(1)
    expect(faultsOf('--keep', '--fresh')).toHaveLength(1)
    expect(faultsOf('--channel', 'C1')).toHaveLength(1)
    expect(faultsOf('--socket', '--no-slack')).toHaveLength(1)
    expect(read('--port', '4000', '--slack-port', '4000', '--no-slack').kind).toBe('run')
  })

  it('helps whatever else is said', () => {
    expect(read('--help', '--stations', 'one')).toEqual({ kind: 'help' })
    for (const name of scenarioNames) expect(helpText).toContain(`${name} `)
    for (const line of helpText.split('\n')) expect(line.length, line).toBeLessThanOrEqual(110)
  })
})
