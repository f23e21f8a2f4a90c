// Gathers what a torture found: promises that were looked at, each with what breaks it.
import type { Fault, Figure, Told } from './torture.ts'

export function tellings() {
  const looked = new Set<string>()
  const faults: Fault[] = []

  function fault(found: Fault): void {
    looked.add(found.promise)
    faults.push(found)
  }

  return {
    fault,
    /** Broken by each of these. */
    each(promise: string, seen: readonly string[]): void {
      looked.add(promise)
      for (const one of seen) fault({ promise, seen: one })
    },
    /** Broken where it is not zero. */
    none(promise: string, count: number, seen: string): void {
      looked.add(promise)
      if (count !== 0) fault({ promise, seen })
    },
    all(figures: Figure[]): Told {
      const broken = new Set(faults.map(({ promise }) => promise))
      return { figures, kept: [...looked].filter((promise) => !broken.has(promise)), faults }
    },
  }
}
