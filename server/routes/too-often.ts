// The answer to a station that asks too often.
import { aSecond, atOnce } from '../station-pace.ts'
import { HttpNo } from './errors.ts'

const message = `This station asks too often: expected at most ${aSecond} requests of this kind a second, and ${atOnce} at once. Ask for its assignments with ?wait=30, which is answered as soon as there is something new.`

export const tooOftenBody = JSON.stringify({ code: 'too_often', message })

export function asksTooOften(): HttpNo {
  return new HttpNo(429, 'too_often', message)
}
