// What the bot never asks the service for.
import type { LearningService } from '../../../server/service/learning.ts'
import type { PredictedYieldService } from '../../../server/service/predicted-yield.ts'
import type { ReplayService } from '../../../server/service/replay.ts'

export const fakeLearning: LearningService & PredictedYieldService & ReplayService = {
  predictedYield: async () => ({ refused: 'not now', why: 'Not in this test.', next: '' }),
  replays: async () => null,
  startReplay: async () => ({ refused: 'not now', why: 'Not in this test.', next: '' }),
  learning: async () => null,
  rolloutHistory: async () => ({ rows: [], total: 0, offset: 0, limit: 50 }),
  historyChoices: async () => ({ procedures: [], labels: [], sites: [] }),
}
