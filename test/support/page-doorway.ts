// The way into pages whose door is not what a test is about: everybody is who the test says.
import type { FastifyRequest } from 'fastify'
import type { PersonReading, Reader } from '../../server/page-access.ts'
import type { PageDoorway } from '../../server/routes/pages/pages.ts'
import type { DecisionDeps } from '../../server/routes/pages/rollout-decisions.ts'
import { signing } from '../../server/signing.ts'
import { ines } from './fixed-values.ts'

export const aPersonReading: PersonReading = {
  kind: 'person',
  actor: { ...ines, door: 'page' },
  slack: { team: 'T0FACTORY1', user: ines.id },
  canSignOut: true,
  formToken: 'form-token-of-the-tests',
}

/** @param readerOf null for whom the pages stay closed. */
export function aDoorway(
  readerOf: (request: FastifyRequest) => Reader | null = () => aPersonReading,
): PageDoorway & DecisionDeps {
  return {
    access: {
      readerOf: async (request) => readerOf(request),
      exchange: async () => 'not its key',
      enter: async () => {},
      leave: async () => {},
      isOwnForm: (_request, reader, given) => given === reader.formToken,
    },
    base: () => '',
    publicUrl: () => 'http://firstpass.test',
    signing: signing(['secret of the tests']),
    signIn: null,
    decisions: { command: undecided, retry: undecided, rollback: undecided, procedure: async () => null },
    rights: { mayAct: async ({ actor }) => ({ actor }) },
  }
}

const undecided = async () => ({ refused: 'not now' as const, why: 'nothing is decided here', next: '' })
