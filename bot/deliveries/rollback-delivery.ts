// Posts a rollback when it is made, and brings it up to date until every station is proven back.
import type { Delivery, DeliveryResult, Service } from '../../server/service.ts'
import { rollbackMessage } from '../blocks/rollback-message.ts'
import { drawMessage } from './drawn-message.ts'
import type { Once } from './post-once.ts'

type Job = Extract<Delivery, { kind: 'rollback' }>

export function rollbackDelivery(deps: Once & { service: Pick<Service, 'procedure' | 'reverting'> }) {
  const { service } = deps

  return async function deliver({ procedureId, rollbackId, mayPost }: Job): Promise<DeliveryResult> {
    return drawMessage(deps, {
      key: `rollback:${procedureId}:${rollbackId}`,
      read: async () => {
        const procedure = await service.procedure(procedureId)
        const way = await service.reverting(procedureId, rollbackId)
        return procedure && way ? rollbackMessage(procedure, way) : null
      },
      place: async () => {
        const channel = mayPost ? ((await service.procedure(procedureId))?.channel ?? null) : null
        return channel === null ? null : { channel }
      },
    })
  }
}
