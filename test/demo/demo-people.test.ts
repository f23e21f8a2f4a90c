// The policy of the demo names groups and channels: they must be there in the workspace that it stands beside.
import { expect, it } from 'vitest'
import { demoPeople } from '../../demo/factory/people-policy.ts'
import { offeredByManifest } from '../../demo/offered-by-manifest.ts'
import { defaultChannels, defaultUserGroups, defaultUsers } from '../../demo/slack/state/directory.ts'
import { organisationPolicy } from '../../server/domain/policy.ts'
import { camelCase } from '../../server/routes/snake-case.ts'

it('is one that the service takes', () => {
  expect(organisationPolicy.safeParse(camelCase(demoPeople))).toMatchObject({
    success: true,
    data: { alerts: { onCall: 'S0ONCALL01', escalateAfterMinutes: 60 } },
  })
})

it('names groups and a channel of the local workspace, and every group has people', () => {
  const { rights, alerts } = demoPeople
  const groups = [...Object.values(rights).flatMap((one) => one.groups), alerts.on_call, alerts.second]
  for (const id of groups) {
    const users = defaultUserGroups.find((one) => one.id === id)?.users ?? []
    expect(users.length, id).toBeGreaterThan(0)
    for (const user of users) expect(defaultUsers.map((one) => one.id)).toContain(user)
  }
  expect(defaultChannels.map((one) => one.id)).toContain(alerts.channel)
})

it('lets somebody approve who may not have started', () => {
  const { decide, approve } = demoPeople.rights
  const peopleOf = (groups: string[] = []) =>
    defaultUserGroups.filter((one) => groups.includes(one.id)).flatMap((one) => one.users)
  expect(peopleOf(approve?.groups).length).toBeGreaterThan(1)
  expect(peopleOf(decide?.groups).length).toBeGreaterThan(1)
})

it('offers the commands of the app’s own manifest', async () => {
  expect((await offeredByManifest()).commands).toEqual(['/rollout'])
})
