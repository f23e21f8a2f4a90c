// What somebody tried, in words: "abort a rollout of PCBA-FCT". Null: it is about no procedure in particular.
import type { RightfulVerb } from '../../server/domain/rights.ts'

export const verbPhrases: Record<RightfulVerb, (procedure: string | null) => string> = {
  start: of('start a rollout'),
  advance: of('advance a rollout'),
  set: of('set the share of a rollout'),
  override: of('override what is still open in a rollout'),
  pause: of('pause a rollout'),
  resume: of('resume a rollout'),
  abort: of('abort a rollout'),
  undo: of('undo an advance'),
  retry: of('retry a rollout'),
  supersede: of('supersede a rollout'),
  waive: of('waive a station'),
  acknowledge: of('acknowledge a breach'),
  retest: of('ask for retests'),
  rollback: (procedure) => `roll back ${procedure ?? 'a procedure'}`,
  freeze: (procedure) => `freeze ${procedure ?? 'everything'}`,
  unfreeze: (procedure) => `unfreeze ${procedure ?? 'everything'}`,
  approve: of('approve a rollout'),
  config: (procedure) => `change the settings of ${procedure ?? 'all procedures'}`,
}

function of(phrase: string): (procedure: string | null) => string {
  return (procedure) => (procedure === null ? phrase : `${phrase} of ${procedure}`)
}
