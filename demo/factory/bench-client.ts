// What a simulated station asks of the client on it, whichever language that is written in.
import type { Pickup } from '../../clients/station/take-up.ts'
import type { Telemetry } from './telemetry.ts'

export type BenchClient = {
  /** The id of the deployment that is to be run; null: none. */
  desired(): string | null
  begin(run: Telemetry & { deploymentId: string; startedAt: number }): {
    end(told: Telemetry): void
  }
  /** Resolves when the run is on the station's disk. */
  report(body: object): Promise<void>
  cut(): void
  restore(): void
  isUp(): boolean
  queued(): number
  parked(): number
  /** Hands over what waits for at most so many milliseconds. */
  close(handOverMs: number): Promise<void>
}

export type BenchClientOptions = {
  name: string
  url: string
  key: string
  procedureId: string
  folder: string
  waitFactor: number
  log: { info(text: string): void; warn(text: string): void }
  /** The server knows now that this station has, or runs, a deployment. */
  acknowledged: (pickup: Pick<Pickup, 'deployment_id'>) => void
}
