// Switches for what goes wrong: with Slack, with its events, with the channel one looks at, with the installation.
import type { Fault } from '../state/faults.ts'
import type { World } from '../state/world.ts'
import { type Html, html } from './html.ts'
import type { Looking } from './render-parts.ts'

const switches: { label: string; fault: Fault }[] = [
  { label: 'Rate limited (429)', fault: { kind: 'ratelimited', retryAfterSeconds: 5 } },
  { label: 'Server errors (500)', fault: { kind: 'error500' } },
  { label: 'Slow (4 s)', fault: { kind: 'slow', delayMs: 4000 } },
  { label: 'Away', fault: { kind: 'away' } },
  { label: 'Answers lost', fault: { kind: 'answer-lost' } },
  { label: 'Events come twice', fault: { kind: 'events-duplicated' } },
  { label: 'Events out of order', fault: { kind: 'events-out-of-order' } },
]

export function renderFaults({ place }: Looking, world: World): Html {
  const { directory, team, faults } = world
  const channel = directory.channels().find((one) => one.id === place)
  const here: { label: string; fault: Fault }[] = channel
    ? [
        {
          label: `Rate limited in #${channel.name}`,
          fault: { kind: 'ratelimited', retryAfterSeconds: 5, channels: [channel.id] },
        },
      ]
    : []
  const admin = channel
    ? [
        adminSwitch('archive', `#${channel.name} is archived`, channel.isArchived === true),
        adminSwitch(
          'remove-app',
          `${team.appName} is out of #${channel.name}`,
          channel.appIsMember === false,
        ),
      ]
    : []
  return html`${[...switches, ...here].map(({ label, fault }) => faultSwitch(label, fault, faults.active()))}
    ${adminSwitch('rate-limits', 'Slack’s own limits a minute', world.rateLimits.enforced())}
    ${world.socketCount() > 0 ? html`<label><input type="checkbox" data-admin="cut-sockets"> Cut what Socket Mode has open: ${world.socketCount()}</label>` : ''}
    <h3>By hand</h3>${admin}
    ${adminSwitch('free-plan', 'Plan without user groups', world.plan() === 'free')}
    ${adminSwitch('uninstall', `${team.appName} is taken out of ${team.name}`, !world.isInstalled())}`
}

function faultSwitch(label: string, fault: Fault, active: Fault[]): Html {
  const isOn = active.some(
    (one) => one.kind === fault.kind && JSON.stringify(one.channels) === JSON.stringify(fault.channels),
  )
  return html`<label><input type="checkbox" role="switch" data-fault="${JSON.stringify(fault)}"
    ${isOn ? html`checked` : ''}> ${label}</label>`
}

function adminSwitch(what: string, label: string, isOn: boolean): Html {
  // Once the app is out, only its own install page brings it back.
  const isStuck = what === 'uninstall' && isOn
  return html`<label><input type="checkbox" role="switch" data-admin="${what}" ${isOn ? html`checked` : ''}
    ${isStuck ? html`disabled` : ''}> ${label}</label>`
}
