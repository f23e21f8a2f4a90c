// What the author of a build expects of it, as the start form shows it until somebody writes something else.
import type { DeploymentId } from '../../server/domain/ids.ts'
import type { DeploymentLine } from '../../server/service.ts'
import type { StartForm } from './start-form.ts'

export type Declared = {
  /** The build whose author declared something; null: what stands in the fields is whoever starts it's own. */
  build: DeploymentId | null
  expectation: string
  points: string
  /** Somebody had these fields before them: what stands there, or nothing, is what they want. */
  isChosen: boolean
}

export const nothingDeclared: Declared = { build: null, expectation: '', points: '', isChosen: true }

export function declaredIn(form: StartForm, build: DeploymentLine | null): Declared {
  const by = build !== null && declares(build) ? build.id : null
  const { expectationOf } = form.drawn
  const typed = { build: by, expectation: form.expectation, points: form.points, isChosen: true }
  if (expectationOf === null ? by === null : expectationOf.build === by) return typed
  // The fields stood for another build, or nobody has seen them yet.
  return {
    build: by,
    expectation: by === null ? '' : (build?.expectation ?? ''),
    points: by === null ? '' : pointsText(build?.expectedYieldChange ?? null),
    isChosen: false,
  }
}

function declares({ expectation, expectedYieldChange }: DeploymentLine): boolean {
  return (expectation ?? '') !== '' || (expectedYieldChange ?? 0) !== 0
}

/** As people type it: "−0.8". */
function pointsText(change: number | null): string {
  if (change === null || change === 0) return ''
  return `${change < 0 ? '−' : '+'}${Number((Math.abs(change) * 100).toFixed(6))}`
}
