// What every listener works with.
import type { BaseLogger } from 'pino'
import type { Service } from '../../server/service.ts'
import type { Cards } from '../cards.ts'
import type { Clients } from '../clients.ts'
import type { People } from '../people.ts'
import type { Tell } from '../tell.ts'

export type ListenerDeps = {
  service: Service
  people: People
  cards: Cards
  clients: Clients
  tell: Tell
  log: BaseLogger
}
