// Pages of a service in which nothing has been rolled out yet.
import type { Refusal } from '../../server/domain/rollout/commands.ts'
import type { HistorySources } from '../../server/routes/pages/history-pages.ts'
import type { ReplaySources } from '../../server/routes/pages/replay-pages.ts'

const notHere: Refusal = { refused: 'not now', why: 'not in this test', next: '' }

export const noHistory: { history: HistorySources; replay: ReplaySources; now: () => number } = {
  replay: {
    replays: async () => null,
    startReplay: async () => notHere,
    predictedYield: async () => notHere,
    procedure: async () => null,
    deployments: async () => [],
  },
  history: {
    learning: async () => null,
    rolloutHistory: async (_filter, page) => ({ rows: [], total: 0, ...page }),
    historyChoices: async () => ({ procedures: [], labels: [], sites: [] }),
    procedure: async () => null,
  },
  now: () => Date.parse('2026-05-22T12:00:00Z'),
}
