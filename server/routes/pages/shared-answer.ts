// One answer for all who ask within a moment: ten screens that look at the same page cost no more than one.

/** @param ms real milliseconds for which an answer is good; a failure is good for nobody. */
export function sharedAnswer<Answer>(ask: () => Promise<Answer>, ms: number): () => Promise<Answer> {
  let kept: { at: number; answer: Promise<Answer> } | null = null
  return () => {
    const at = performance.now()
    if (kept !== null && at - kept.at < ms) return kept.answer
    const mine = { at, answer: ask() }
    kept = mine
    mine.answer.catch(() => {
      if (kept === mine) kept = null
    })
    return mine.answer
  }
}
