// From "asked to run" to "may be run": installs what is assigned, tells the server, and keeps both on disk.
import type { Assignments, Build } from './build.ts'
import { type KeptBuilds, keepBuilds } from './kept-builds.ts'
import { type Pause, retryWaitMs } from './retry-wait.ts'
import type { StationLog } from './station-log.ts'

export type PickupState = 'pulled' | 'running' | 'failed'
export type Pickup = {
  procedure_id: string
  deployment_id: string
  state: PickupState
  message?: string
}

export function takeUp(deps: {
  name: string
  folder: string
  kept: KeptBuilds | null
  /** Absent: a build needs no installation here. */
  install: (build: Build, procedureId: string) => Promise<void> | undefined
  acknowledge: (pickup: Pickup) => void
  /** Another build may be run from the next run on; null: none. */
  changed: (procedureId: string, build: Build | null) => void
  pause: Pause
  random: () => number
  log: StationLog
  signal: AbortSignal
}) {
  let kept: KeptBuilds = deps.kept ?? { etag: null, assigned: {}, ready: {} }
  const told = Promise.withResolvers<void>()
  if (deps.kept !== null) told.resolve()
  let saving: Promise<void> = Promise.resolve()
  /** By procedure, what is being brought; whatever else is under way is out of date. */
  const bringing = new Map<string, Build>()

  /** What an earlier process did not finish. */
  function resume(): void {
    for (const [procedureId, build] of Object.entries(kept.assigned))
      if (build !== null && kept.ready[procedureId]?.id !== build.id) void bring(procedureId, build)
  }

  function said(assigned: Assignments, etag: string | null): void {
    const former = kept.assigned
    kept = { ...kept, etag, assigned }
    for (const procedureId of new Set([...Object.keys(former), ...Object.keys(assigned)])) {
      const build = assigned[procedureId] ?? null
      if (build?.id === former[procedureId]?.id) continue
      bringing.delete(procedureId)
      if (build === null) makeReady(procedureId, null)
      else void bring(procedureId, build)
    }
    save()
    told.resolve()
  }

  /** Until it succeeds, or something else is asked for. The former build is run meanwhile. */
  async function bring(procedureId: string, build: Build): Promise<void> {
    const acknowledge = (state: PickupState, more: { message?: string } = {}) =>
      deps.acknowledge({ procedure_id: procedureId, deployment_id: build.id, state, ...more })
    bringing.set(procedureId, build)
    for (let failures = 0; isAsked(procedureId, build); ) {
      try {
        const installed = deps.install(build, procedureId)
        // Not awaited where there is nothing to wait for: it is ready at once.
        if (installed) await installed
        if (!isAsked(procedureId, build)) return
        makeReady(procedureId, build)
        acknowledge('pulled')
        return
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        failures += 1
        if (failures === 1 && !deps.signal.aborted) {
          deps.log.warn(`${deps.name}: build ${build.version || build.id} cannot be installed: ${message}`)
          acknowledge('failed', { message: message.slice(0, 2000) })
        }
        const wait = retryWaitMs({ kind: 'unreachable', why: message }, failures, deps.random())
        await deps.pause(wait, deps.signal).catch(() => undefined)
      }
    }
  }

  function isAsked(procedureId: string, build: Build): boolean {
    return !deps.signal.aborted && bringing.get(procedureId) === build
  }

  function makeReady(procedureId: string, build: Build | null): void {
    kept = { ...kept, ready: { ...kept.ready, [procedureId]: build } }
    save()
    deps.changed(procedureId, build)
  }

  /** One after the other, the latest last. */
  function save(): void {
    saving = saving
      .then(() => keepBuilds(deps.folder, kept))
      .catch((error: unknown) => deps.log.warn(`${deps.name}: cannot keep what it is to run: ${error}`))
  }

  return {
    resume,
    said,
    etag: () => kept.etag,
    ready: (procedureId: string): Build | null => kept.ready[procedureId] ?? null,
    /** Resolves when the server has said what to run, to this process or to one before. */
    told: told.promise,
    saved: () => saving,
  }
}
