// The two builds of the demo: the one that every station runs, and the one that waits to be rolled out.
import { createHash } from 'node:crypto'
import type { NewDeployment } from './admin-api.ts'

export const baseVersion = '2.4.0'
export const candidateVersion = '2.4.1'

export function baseBuild(procedureId: string, seed: number): NewDeployment {
  return build(procedureId, seed, baseVersion, {
    message: 'Read the serial number from the data matrix code\n\nThe operator no longer types it.',
    author: 'Marek Nowak',
    labels: ['operator interface'],
  })
}

export function candidateBuild(procedureId: string, seed: number): NewDeployment {
  return build(procedureId, seed, candidateVersion, {
    message:
      'Tighten the 3V3 rail limits and settle RF faster\n\nLimits follow revision C of the board; the RF step waits for lock instead of a fixed 2 s.',
    author: 'Ines Duarte',
    labels: ['limits', 'instrument driver'],
  })
}

function build(
  procedureId: string,
  seed: number,
  version: string,
  change: { message: string; author: string; labels: string[] },
): NewDeployment {
  const digest = createHash('sha256').update(`${seed} ${version}`).digest('hex')
  return {
    procedure_id: procedureId,
    version,
    commit: { sha: digest.slice(0, 40), message: change.message, branch: 'main', author: change.author },
    environment: 'production',
    status: 'ready',
    artifact_url: `https://builds.factory.test/pcba-fct/${version}.tar.gz`,
    artifact_sha256: digest,
    labels: change.labels,
  }
}
