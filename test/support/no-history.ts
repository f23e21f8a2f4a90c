// Pages of a service in which nothing has been rolled out yet.
import type { HistorySources } from '../../server/routes/pages/history-pages.ts'

export const noHistory: { history: HistorySources; now: () => number } = {
  history: {
    learning: async () => null,
    rolloutHistory: async (_filter, page) => ({ rows: [], total: 0, ...page }),
    historyChoices: async () => ({ procedures: [], labels: [], sites: [] }),
    procedure: async () => null,
  },
  now: () => Date.parse('2026-05-22T12:00:00Z'),
}
