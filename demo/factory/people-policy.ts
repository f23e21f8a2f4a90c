// Who may decide and who is called, in the user groups and channels of the local workspace.

export type PeoplePolicy = {
  rights: Record<string, { groups: string[] }>
  alerts: { channel: string; on_call: string; second: string; escalate_after_minutes: number }
}

export const demoPeople: PeoplePolicy = {
  rights: {
    decide: { groups: ['S0TESTENGS', 'S0LINELEAD', 'S0ONCALL01'] },
    approve: { groups: ['S0TESTENGS', 'S0QUALITY1'] },
    configure: { groups: ['S0TESTENGS'] },
  },
  alerts: {
    channel: 'C0LINE2000',
    on_call: 'S0ONCALL01',
    second: 'S0QUALITY1',
    // Of the factory's: a minute of a person's at the usual speed.
    escalate_after_minutes: 60,
  },
}
