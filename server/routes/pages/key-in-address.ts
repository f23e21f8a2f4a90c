// The key in a link's address: read, and taken out of it.
import type { FastifyRequest } from 'fastify'

/** Every one that the address carries; a good link has one. */
export function keysOf(request: FastifyRequest): string[] {
  return addressOf(request).searchParams.getAll('key')
}

/** The path and the other parameters, as they were asked for. */
export function withoutKey(request: FastifyRequest): string {
  const address = addressOf(request)
  address.searchParams.delete('key')
  return `${address.pathname}${address.search}`
}

function addressOf(request: FastifyRequest): URL {
  return new URL(request.url, 'http://here')
}
