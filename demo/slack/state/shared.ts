// What all workspaces of this Slack have in common: ids, the log of calls, faults, and where the app is installed.
import { calls } from './calls.ts'
import { changes } from './changes.ts'
import { faults } from './faults.ts'
import { ids } from './ids.ts'
import { installations } from './installations.ts'
import { rateLimits } from './rate-limits.ts'
import { signIns } from './sign-ins.ts'

export type Shared = ReturnType<typeof shared>

export function shared({ now, enforceRates }: { now: () => number; enforceRates: boolean }) {
  const change = changes()
  return {
    now,
    changes: change,
    ids: ids({ now }),
    faults: faults({ changes: change }),
    calls: calls({ changes: change }),
    installations: installations({ now }),
    signIns: signIns({ now }),
    rateLimits: rateLimits({ now, enforced: enforceRates }),
  }
}
