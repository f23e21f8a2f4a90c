// Posts the card of a build once, and brings the cards of its procedure's builds up to date.
import type { WebClient } from '@slack/web-api'
import type { DeploymentId, ProcedureId } from '../../server/domain/ids.ts'
import type { Delivery, DeliveryResult, DeploymentLine, Service, SlackPosts } from '../../server/service.ts'
import { buildCard } from '../blocks/build-card.ts'
import { type BuildState, buildState, procedureBuilds } from './build-state.ts'
import { drawMessage } from './drawn-message.ts'

type Deps = {
  client: WebClient
  service: Pick<Service, 'procedure' | 'deployments' | 'list' | 'preview'>
  posts: SlackPosts
  now: () => number
}
type Job = Extract<Delivery, { kind: 'build' }>

const done: DeliveryResult = { delivered: true }
/** Cards of older builds have said long ago what replaced them. */
const mostOthers = 10

export function buildDelivery({ client, service, posts, now }: Deps) {
  return async function deliver({ procedureId, deploymentId }: Job): Promise<DeliveryResult> {
    const builds = (await procedureBuilds(service, procedureId))?.builds ?? []
    const others = builds.filter((each) => each.id !== deploymentId).slice(0, mostOthers)
    for (const id of [deploymentId, ...others.map((each) => each.id)]) {
      const key = `build:${id}`
      if (id !== deploymentId && !(await posts.find(key))) continue
      const drawn = await drawMessage({ client, posts, now }, { key, ...cardOf(procedureId, id) })
      if (!drawn.delivered) return drawn
    }
    return done
  }

  function cardOf(procedureId: ProcedureId, id: DeploymentId) {
    let channel: string | null = null
    return {
      read: async () => {
        const known = await procedureBuilds(service, procedureId)
        if (known === null) return null
        const build = known.builds.find((each) => each.id === id)
        const state = await buildState(service, known, id)
        if (!build || state === null) return null
        const { procedure } = known
        // The first build of a procedure has nothing to be compared with: it is made the active one, not rolled out.
        const isNews =
          state.kind === 'waits' ? procedure.activeDeployment !== null : startedItself(build, state)
        channel = isNews ? procedure.channel : null
        return buildCard({ procedure, build, state })
      },
      place: async () => (channel === null ? null : { channel }),
    }
  }
}

/** What a person started before its card was there needs none; nobody has looked at what was pushed. */
function startedItself({ push }: DeploymentLine, state: BuildState): boolean {
  return state.kind === 'started' && push?.rolloutId === state.rollout.id
}
