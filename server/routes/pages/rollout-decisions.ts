// Decisions that people take on a rollout's page: one command for one form, as by a button in Slack.
import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Written } from '../../../views/rollout/decide/decision-form.ts'
import type { Deciding } from '../../../views/rollout/decide/decisions.ts'
import type { Actor } from '../../domain/actor.ts'
import type { RolloutId } from '../../domain/ids.ts'
import { isRefusal, type Refusal } from '../../domain/rollout/commands.ts'
import type { RolloutView } from '../../domain/rollout-view.ts'
import type { PersonReading, Reader } from '../../page-access.ts'
import { pageCookie } from '../../page-cookies.ts'
import type { PageRights } from '../../page-rights.ts'
import type { Service } from '../../service.ts'
import { refusalBody, refusalStatus } from '../errors.ts'
import { type Decision, readDecision } from './decision-form.ts'
import { formOf } from './door.ts'

export type DecisionDeps = {
  decisions: Pick<Service, 'command' | 'retry' | 'rollback' | 'procedure'>
  rights: PageRights
  base: () => string
  publicUrl: () => string
}
export type Decided = { status: number; outcome: Deciding['outcome']; written: Written | null }
type Done = { did: string; rolloutId: RolloutId }

export function rolloutDecisions({ decisions, rights, base, publicUrl }: DecisionDeps) {
  const didCookie = (rollout: string) => pageCookie(publicUrl(), 'firstpass_did', `/rollouts/${rollout}`)

  return {
    /** Null: done, and the browser is sent back to the page, where it is told so. */
    async take(
      request: FastifyRequest,
      reply: FastifyReply,
      reader: PersonReading,
      view: RolloutView,
    ): Promise<Decided | null> {
      const written = formOf(request)
      const decision = readDecision(written)
      const no = (status: number, line: string): Decided => ({
        status,
        outcome: { done: false, lines: [line] },
        written,
      })
      if ('fault' in decision) return no(422, decision.fault)
      const facts = { by: reader.actor.id, verbs: decision.verbs.join('+'), rollout: view.id }
      const allowed = await rights.mayAct(reader, decision.verbs, view)
      if ('refused' in allowed) {
        request.log.info({ ...facts, decision: 'refused' }, allowed.refused)
        return no(403, allowed.refused)
      }
      const outcome = await carryOut(decision, view, allowed.actor)
      request.log.info(
        { ...facts, decision: isRefusal(outcome) ? outcome.refused : 'done' },
        'a form of a page',
      )
      if (isRefusal(outcome)) return no(refusalStatus[outcome.refused], refusalBody(outcome).message)
      const { did, rolloutId } = outcome
      const { name, options } = didCookie(rolloutId)
      reply.setCookie(name, did.slice(0, 600), { ...options, maxAge: 60, signed: true })
      reply.redirect(`${base()}/rollouts/${rolloutId}`, 303)
      return null
    },

    /** What was done by the form before, told on the page that it led to and not again. */
    toldOnce(request: FastifyRequest, reply: FastifyReply, id: RolloutId): Deciding['outcome'] {
      const { name, options } = didCookie(id)
      const given = request.cookies[name]
      if (given === undefined) return null
      const { valid, value } = request.unsignCookie(given)
      reply.clearCookie(name, options)
      return valid && value !== null ? { done: true, lines: [sentence(value)] } : null
    },

    async drawn(reader: Reader, view: RolloutView, { outcome, written }: Decided): Promise<Deciding> {
      return {
        commandId: randomUUID(),
        isNamed: reader.kind === 'person' && reader.slack !== null,
        canRollBack: view.status === 'completed' && (await isActive(view)),
        outcome,
        written,
      }
    },
  }

  async function carryOut(decision: Decision, view: RolloutView, by: Actor): Promise<Done | Refusal> {
    switch (decision.kind) {
      case 'command': {
        const { verb, against, commandId } = decision
        const done = await decisions.command(view.id, verb, by, against, commandId)
        return isRefusal(done) ? done : { did: done.did, rolloutId: view.id }
      }
      case 'retry': {
        const done = await decisions.retry(view.id, decision.why, by, decision.commandId)
        return isRefusal(done) ? done : { did: done.did, rolloutId: done.rollout.id }
      }
      case 'rollback': {
        if (!(await isActive(view))) return noLongerActive(view)
        const done = await decisions.rollback(view.procedure.id, view.base.id, decision.why, by)
        return isRefusal(done) ? done : { did: done.did, rolloutId: view.id }
      }
    }
  }

  /** Whether its build is still what all stations are to run. */
  async function isActive({ procedure, deployment }: RolloutView): Promise<boolean> {
    return (await decisions.procedure(procedure.id))?.activeDeployment?.id === deployment.id
  }
}

function noLongerActive({ deployment }: RolloutView): Refusal {
  return {
    refused: 'stale',
    why: `${deployment.version} is not the active build any more`,
    next: 'Look at the history of the procedure, and roll back from what runs now.',
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
