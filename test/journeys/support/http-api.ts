// The service as a program sees it: over HTTP, with the admin token.
import type { RolloutEvent } from '../../../server/domain/rollout/events.ts'
import type { RolloutLine, RolloutView } from '../../../server/domain/rollout-view.ts'

type Answer<Body> = { status: number; body: Body }
type Numbered = RolloutEvent & { sequence: number }
type Procedure = { id: string; activeDeploymentId: string | null; formerDeploymentId: string | null }
type Ready = {
  ready: boolean
  database: { ok: boolean; detail: string }
  slack: { ok: boolean; detail: string }
}

export function httpApi(address: { url: () => string; adminToken: string }) {
  async function ask<Body>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer<Body>> {
    const response = await fetch(`${address.url()}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${address.adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: camelCase(await response.json()) as Body }
  }

  async function got<Body>(path: string): Promise<Body> {
    const answer = await ask<Body>('GET', path)
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  const rollouts = async () => (await got<{ data: RolloutLine[] }>('/api/v1/rollouts')).data

  return {
    ask,
    rollouts,
    /** The newest one; the journeys have one each. */
    async rollout(): Promise<RolloutView> {
      const [newest] = await rollouts()
      if (!newest) throw new Error('there is no rollout')
      return got<RolloutView>(`/api/v1/rollouts/${newest.id}`)
    },
    async events(): Promise<Numbered[]> {
      const [newest] = await rollouts()
      if (!newest) return []
      return (await got<{ data: Numbered[] }>(`/api/v1/rollouts/${newest.id}/events`)).data
    },
    procedure: (id: string) => got<Procedure>(`/api/v1/procedures/${id}`),
    ready: () => ask<Ready>('GET', '/readyz'),
  }
}

function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [camel(key), camelCase(each)]))
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
