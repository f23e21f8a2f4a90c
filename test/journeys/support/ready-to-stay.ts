// A stage that is ready, and stays so while somebody reaches for the button.
import type { Journey } from './journey.ts'
import { until } from './until.ts'

/** Of what the gates ask for, so much to spare that the last units under way cannot take a pass back. */
const spare = 0.6

/** Waits until every gate passes with something to spare, then ends the testing: nothing changes any more. */
export async function readyToStay({ api, factory }: Pick<Journey, 'api' | 'factory'>): Promise<void> {
  const doubts = async () => {
    const { readiness, verdict } = await api.rollout()
    return { ready: readiness.ready, gates: verdict?.gates ?? [] }
  }
  await until(
    'the stage is ready, with something to spare',
    async () => {
      const { ready, gates } = await doubts()
      const clear = gates.every((gate) => {
        const doubt = gate.metric === 'first-pass yield' ? 0.2 : 0.5
        // Conditions and the rise of yield know no such probability: they hold or lean the other way.
        if (gate.probabilityUnacceptable === null) return gate.verdict === 'pass'
        return gate.probabilityUnacceptable <= spare * doubt
      })
      return ready && clear
    },
    { ms: 90_000, instead: doubts },
  )
  await factory.stop()
}
