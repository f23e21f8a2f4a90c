// Every story that can be told, by its name. The figures of what to expect are of 40 to 60 seeds each: 4 to 10 hours of
// 24 stations, judged every ten minutes with the gates that a rollout of that scenario has.
import { goodBuild } from './build-behaviour.ts'
import type { Scenario, ScenarioName } from './scenario.ts'

const healthy: Scenario = {
  name: 'healthy',
  summary: 'as good as the old build',
  description: 'The new build is as good as the old one: 97 % first-pass yield, 1 % errors.',
  expect: 'Every stage becomes ready to advance once its samples and its soak are in; nothing pauses it.',
  candidate: goodBuild,
  incident: null,
  policy: null,
  startWords: '',
}

export const scenarios: Record<ScenarioName, Scenario> = {
  healthy,
  regression: {
    ...healthy,
    name: 'regression',
    summary: 'yield falls from 97 to 90 %',
    description: 'The new build fails good units: first-pass yield falls from 97 % to 90 %.',
    expect:
      'The first-pass yield gate breaches and the rollout pauses: half of the time within 200 canary units, three times in four within 480, later when the first station happens to be better than most. Now and then a known-good sample that fails is the first to pause it.',
    candidate: { ...goodBuild, passRate: 0.9 },
  },
  broken: {
    ...healthy,
    name: 'broken',
    summary: 'errors rise from 1 to 12 %',
    description:
      'The new build crashes in mid-test: errors rise from 1 % to 12 % of the runs, and first-pass yield falls to 86 % with them.',
    expect:
      'The error gate breaches and the rollout pauses: half of the time within 55 canary runs, nine times in ten within 150; the first-pass yield gate follows.',
    candidate: { ...goodBuild, passRate: 0.86, errorRate: 0.12 },
  },
  slow: {
    ...healthy,
    name: 'slow',
    summary: 'runs take 25 % longer',
    description: 'The new build tests as well as the old one, but every run takes 25 % longer.',
    expect:
      'The duration gate breaches within some 20 passed runs, which is half an hour of the factory, and the rollout pauses; yield and errors stay level.',
    candidate: { ...goodBuild, durationFactor: 1.25 },
  },
  silent: {
    ...healthy,
    name: 'silent',
    summary: 'the first canary station loses its network',
    description:
      'The new build is good, but the first station that pulls it loses its network: it says that it has the build, then nothing more.',
    expect:
      'The station stays unconfirmed and is shown as stale, the soak clock does not start, and nothing is read into the silence: waive the station with a reason, or bring it back.',
    incident: { kind: 'network lost' },
  },
  escape: {
    ...healthy,
    name: 'escape',
    summary: 'bad boards pass',
    description:
      'The new build lost its limits: boards are as before, but 99.9 % of them pass instead of 97 %, known-bad samples pass too, and the sleep current is no longer measured.',
    expect:
      'The procedure is of the high risk class here, which also asks what is measured: that gate breaches within a dozen passed runs. Every station tests its samples twice a shift, so within four hours of the factory a known-bad one passes and the reference gate is severe. Yield alone would hardly tell: it may rise by 3 points. After five passed runs the stage is held as well, because a limited measurement is gone.',
    candidate: {
      ...goodBuild,
      passRate: 0.999,
      errorRate: 0.0005,
      timeoutRate: 0.0002,
      hasLimits: false,
    },
    policy: { riskClass: 'high' },
  },
  'bad-station': {
    ...healthy,
    name: 'bad-station',
    summary: 'not the build but one fixture is bad',
    description:
      'The new build is good, but the fixture of the first station that pulls it is worn out from then on: 80 % first-pass yield there, whatever it runs.',
    expect:
      'With three stations in the first stage the first-pass yield gate breaches half of the time within two hours of the factory, nine times in ten within eight, and two breaches in three name the station as the suspect. An abort does not heal it.',
    incident: { kind: 'fixture worn', behaviour: { ...goodBuild, passRate: 0.8 } },
    startWords: '--stages 3,all',
  },
  'new-failure': {
    ...healthy,
    name: 'new-failure',
    summary: 'a failure that base never shows',
    description:
      'The new build fails 1.5 % of the units because the RF step never locks, which base has never shown, and fewer in other ways: first-pass yield only moves from 97 % to 96.5 %.',
    expect:
      'The procedure is of the high risk class here, where a new failure mode pauses: half of the time within 125 canary units, nine times in ten within 220. In the standard class it is told in the thread and the rollout goes on.',
    candidate: { ...goodBuild, passRate: 0.965, lockTimeoutRate: 0.015 },
    policy: { riskClass: 'high' },
  },
  'other-product': {
    ...healthy,
    name: 'other-product',
    summary: 'the canary line turns to a harder product',
    description:
      'The new build is good, but as soon as the first station has it, its line makes nothing but TX-300, which passes in 93 % with any build and not in 97 %.',
    expect:
      'What is expected of the canary falls with it, from 97 % towards 93 %, and the card says how much of that is the mix: nothing pauses, and the stage becomes ready to advance.',
    // Of 60 seeds none was paused; 14 would have been if nothing allowed for the mix.
    incident: { kind: 'other product', product: 'TX-300' },
  },
  blind: {
    ...healthy,
    name: 'blind',
    summary: 'results of the new build arrive hours late',
    description:
      'The new build is good, but ten minutes after the first station has it, results of the new build stop arriving for three hours: the stations go on testing, keep them and send them then.',
    expect:
      'An hour after the stage went live the rollout rests as blind: nothing passes, and nothing is held against the build. Once the results have arrived it goes on by itself.',
    incident: { kind: 'uploads held', afterMinutes: 10, forMinutes: 180 },
  },
  drops: {
    ...healthy,
    name: 'drops',
    summary: 'the new build loses telemetry',
    description:
      'The new build tests as well as the old one but loses telemetry: it drops one to three readings with every run, and its acceptance suite fails.',
    expect:
      'The policy of the procedure has a telemetry gate here, which breaches five minutes of the factory after the first station runs the build; yield, errors and duration stay level.',
    candidate: { ...goodBuild, keepsTelemetry: false },
    policy: {
      gate: { metric: 'telemetry', name: 'telemetry', expression: 'acceptance_suite_passed && drops < 20' },
    },
  },
  approvals: {
    ...healthy,
    name: 'approvals',
    summary: 'somebody else must approve each stage',
    description:
      'The new build is good, and the policy of the procedure asks for one approval of each stage, from a test engineer or quality, and never from whoever started the rollout.',
    expect:
      'When a stage has its samples and its soak, the approval is asked for with the evidence. Act as another person, Grace Okafor for one, and give it; then the stage can be advanced.',
    policy: { stageApprovals: 1 },
  },
  'stuck-station': {
    ...healthy,
    name: 'stuck-station',
    summary: 'one station keeps running an aborted build',
    description:
      'The new build is as good as the old one, but the first station that pulls it never lets go of it: whatever it is asked to run from then on, it says that it has it and goes on with the new build.',
    expect:
      'Abort the rollout: the other stations of the stage are proven back within minutes of the factory, and the card says which one is out. An hour of the factory later the thread has an alarm, since that station still tests with the build that was taken back; acknowledge it with a reason, or waive the station.',
    incident: { kind: 'build kept' },
    startWords: '--stages 3,all',
  },
  limits: {
    ...healthy,
    name: 'limits',
    summary: 'a limit is loosened, and nobody says so',
    description:
      'The new build lets the 3.3 V rail be as low as 3.1 V where base asks for 3.2 V. Its author speaks of tighter limits and declares nothing; yield, errors and duration stay level.',
    expect:
      'The first runs of the new build show the other limit: it is told in the thread, and the first stage waits, however healthy it is. Accept the change with a reason, from the card or the thread, and the stage can be advanced.',
    candidate: { ...goodBuild, railLow: 3.1 },
  },
}
