import { describe, expect, it } from 'vitest'
import { greeting } from '../../../demo/factory/greeting.ts'
import { type ScenarioName, scenarioNames } from '../../../demo/factory/scenario.ts'
import { scenarios } from '../../../demo/factory/scenarios.ts'
import { parseStages } from '../../../server/domain/stages-text.ts'

const greetingOf = (name: ScenarioName) =>
  greeting({
    url: 'http://firstpass.test',
    slackUrl: 'http://slack.test',
    otherSlack: false,
    adminToken: 'token',
    procedureName: 'PCBA-FCT',
    version: '2.4.1',
    baseVersion: '2.4.0',
    stationCount: 24,
    pythonStations: 6,
    speed: 60,
    soakMinutes: 60,
    scenario: scenarios[name],
  })

describe('the scenarios', () => {
  it('each have their own name, and all are offered', () => {
    expect(Object.keys(scenarios)).toEqual([...scenarioNames])
    for (const name of scenarioNames) expect(scenarios[name].name).toBe(name)
  })

  it('are each told in words of their own', () => {
    for (const part of ['summary', 'description', 'expect'] as const) {
      const texts = scenarioNames.map((name) => scenarios[name][part])
      expect(new Set(texts).size).toBe(scenarioNames.length)
    }
  })

  it('begin with a command that Slack understands', () => {
    const stages = (name: ScenarioName) => scenarios[name].startWords.replace('--stages ', '')
    const withStages = scenarioNames.filter((name) => scenarios[name].startWords !== '')
    expect(withStages).toEqual(['bad-station', 'stuck-station'])
    for (const name of withStages) expect(parseStages(stages(name))).toHaveProperty('stages')
    expect(greetingOf('bad-station')).toContain('\n  /rollout start PCBA-FCT 2.4.1 --stages 3,all\n')
    expect(greetingOf('healthy')).toContain('\n  /rollout start PCBA-FCT 2.4.1\n')
  })

  it('are greeted with what to expect, and the others are named', () => {
    const text = greetingOf('drops')
    expect(text).toContain(scenarios.drops.description)
    expect(text).toContain(scenarios.drops.expect)
    const [, others = ''] = /Other scenarios, with --scenario NAME: (.*)\./.exec(text) ?? []
    expect(others.split(', ')).toEqual(scenarioNames.filter((name) => name !== 'drops'))
  })
})
