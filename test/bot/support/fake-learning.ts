// What the bot never asks the service for.
import type { LearningService } from '../../../server/service/learning.ts'

export const fakeLearning: LearningService = {
  learning: async () => null,
  rolloutHistory: async () => ({ rows: [], total: 0, offset: 0, limit: 50 }),
  historyChoices: async () => ({ procedures: [], labels: [], sites: [] }),
}
