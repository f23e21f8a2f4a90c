import type { FastifyInstance } from 'fastify'
import type { People } from '../people/people.ts'
import type { World } from '../state/world.ts'
export function pageRoutes(_server: FastifyInstance, _world: World, _acts: People): void {}
