// What the new build does in each story of the demo, as data.

/** How a build behaves at a station without any bias of its own. */
export type BuildRates = {
  /** First-pass yield: errors and timeouts count as not passed. */
  passRate: number
  errorRate: number
  timeoutRate: number
  /** 1.25 is a quarter slower. */
  durationFactor: number
}

export type Scenario = {
  name: ScenarioName
  /** What is wrong with the new build, in plain English. */
  description: string
  /** What a person will see after starting the rollout. */
  expect: string
  candidate: BuildRates
  /** Whether the first station that pulls the new build is not heard of again. */
  firstCanaryGoesSilent: boolean
}

export const scenarioNames = ['healthy', 'regression', 'broken', 'slow', 'silent'] as const
export type ScenarioName = (typeof scenarioNames)[number]

export const baseRates: BuildRates = {
  passRate: 0.97,
  errorRate: 0.01,
  timeoutRate: 0.005,
  durationFactor: 1,
}

export const scenarios: Record<ScenarioName, Scenario> = {
  healthy: {
    name: 'healthy',
    description: 'The new build is as good as the old one: 97 % first-pass yield, 1 % errors.',
    expect: 'Every stage becomes ready to advance once its samples and its soak are in; nothing pauses it.',
    candidate: baseRates,
    firstCanaryGoesSilent: false,
  },
  regression: {
    name: 'regression',
    description: 'The new build fails good units: first-pass yield falls from 97 % to 90 %.',
    // Default gates, one canary station of 24, 60 seeds: a tenth within 50 units, half within 130, 78 % by 400.
    expect:
      'The first-pass yield gate breaches and the rollout pauses: half of the time within 130 canary units, later when the first station happens to be better than most.',
    candidate: { ...baseRates, passRate: 0.9 },
    firstCanaryGoesSilent: false,
  },
  broken: {
    name: 'broken',
    description:
      'The new build crashes in mid-test: errors rise from 1 % to 12 % of the runs, and first-pass yield falls to 86 % with them.',
    // Measured likewise: the error gate by 45 runs in half of the trials, by 80 in nine of ten.
    expect:
      'The error gate breaches, usually within 80 canary runs, and the rollout pauses; the first-pass yield gate follows.',
    candidate: { ...baseRates, passRate: 0.86, errorRate: 0.12 },
    firstCanaryGoesSilent: false,
  },
  slow: {
    name: 'slow',
    description: 'The new build tests as well as the old one, but every run takes 25 % longer.',
    expect:
      'Yield and errors stay level; the median duration of passed runs on the card shows the difference.',
    candidate: { ...baseRates, durationFactor: 1.25 },
    firstCanaryGoesSilent: false,
  },
  silent: {
    name: 'silent',
    description:
      'The new build is good, but the first station that pulls it loses its network: it says that it has the build, then nothing more.',
    expect:
      'The station stays unconfirmed and is shown as stale, the soak clock does not start, and nothing is read into the silence: waive the station with a reason, or bring it back.',
    candidate: baseRates,
    firstCanaryGoesSilent: true,
  },
}
