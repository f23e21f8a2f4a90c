// The service in a process of its own, on the clock of the journey that started it. It is only ever killed.
import { startFirstpass } from '../../../server/firstpass.ts'
import { clockOf } from './shared-clock.ts'

await startFirstpass({ env: process.env, now: clockOf(process.env.JOURNEY_CLOCK ?? '') })
