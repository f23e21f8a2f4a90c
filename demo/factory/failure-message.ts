// What a test program says when it could not test: in the words of the drivers and libraries that benches run on.
import { random } from './random.ts'
import type { Execution } from './run-body.ts'

/** The more frequent ones first; each ends up in another category of failures. */
const whileTesting = [
  { share: 0.4, text: 'Fixture contact lost: no continuity on pogo pin P12 after 3 tries' },
  { share: 0.3, text: 'VI_ERROR_TMO (-1073807339): timeout expired before operation completed, DMM READ?' },
  { share: 0.2, text: "ConnectionResetError: [Errno 104] Connection reset by peer: 'mes.plant.local'" },
  { share: 0.1, text: "KeyError: 'calibration_offset'" },
] as const
const outOfTime = 'VI_ERROR_TMO (-1073807339): no answer from the spectrum analyser within 300 s'

/** Null where the phases tell what failed: a measurement beyond its limit, or nothing. */
export function failureMessage(seed: number, { job, result }: Execution): string | null {
  if (result.outcome === 'TIMEOUT') return outOfTime
  if (result.outcome !== 'ERROR') return null
  let luck = random(seed, job.serial, job.attempt, 'message').uniform()
  const found = whileTesting.find(({ share }) => {
    luck -= share
    return luck < 0
  })
  return (found ?? whileTesting[0]).text
}
