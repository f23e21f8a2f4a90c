// Traces by OpenTelemetry: requests and the work that they lead to, sent to a collector. The libraries are loaded only where a
// collector is named; without one nothing here runs.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context, Span } from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Database } from '../../db/client.ts'
import type { Around } from './observer.ts'

export type Tracing = Awaited<ReturnType<typeof tracing>>

type Options = {
  /** Root of the collector, to which /v1/traces is added. */
  endpoint: string
  headers: Record<string, string>
  serviceName: string
  /** Of traces that begin here, from 0 to 1. What a caller traces is traced. */
  share: number
  /** Real milliseconds that spans are gathered for. */
  everyMs?: number
}

/** Thousands a second, and whoever watches over the service: a trace of each would say nothing. */
const notTraced = /^\/(assets|healthz|readyz|metrics)\b|^\/api\/v1\/stations\/me\//

export async function tracing({ endpoint, headers, serviceName, share, everyMs = 5_000 }: Options) {
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = await import('@opentelemetry/api')
  const { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } = await import(
    '@opentelemetry/sdk-trace'
  )
  const { detectResources, envDetector, resourceFromAttributes } = await import('@opentelemetry/resources')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')

  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, headers })
  const provider = new TracerProvider({
    resource: detectResources({ detectors: [envDetector] }).merge(
      resourceFromAttributes({ 'service.name': serviceName }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: everyMs })],
  })
  const tracer = provider.getTracer('firstpass')
  const present = new AsyncLocalStorage<Context>()

  function fromParent(traceparent: string | undefined): Context | null {
    const found = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(traceparent ?? '')
    const [, traceId, spanId, flags] = found ?? []
    if (traceId === undefined || spanId === undefined || flags === undefined) return null
    const traceFlags = Number.parseInt(flags, 16)
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
  }

  function failed(span: Span, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    span.setStatus({ code: SpanStatusCode.ERROR, message })
  }

  const around: Around = async ({ name, rolloutId, about = {}, parent }, does) => {
    // What many requests brought is stored together: it belongs to none of their traces.
    const above = name === 'flush' ? ROOT_CONTEXT : (fromParent(parent) ?? present.getStore() ?? ROOT_CONTEXT)
    const attributes = Object.fromEntries(
      Object.entries({ ...about, rollout_id: rolloutId }).flatMap(([key, value]) =>
        value === undefined ? [] : [[`firstpass.${key}`, value] as const],
      ),
    )
    const span = tracer.startSpan(name, { attributes }, above)
    try {
      return await present.run(trace.setSpan(above, span), does)
    } catch (error) {
      failed(span, error)
      throw error
    } finally {
      span.end()
    }
  }

  const spans = new WeakMap<FastifyRequest, Span>()

  return {
    around,
    /** What is under way now, for whoever goes on with it later; undefined outside of any trace. */
    traceparent(): string | undefined {
      const span = trace.getSpan(present.getStore() ?? ROOT_CONTEXT)?.spanContext()
      return span && `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}`
    },
    /** Requests of all routes that are added after it. */
    requests(app: FastifyInstance): void {
      const contexts = new WeakMap<FastifyRequest, Context>()
      app.addHook('onRequest', (request, _reply, done) => {
        const route = request.routeOptions.url ?? 'none'
        if (notTraced.test(route)) return done()
        const said = request.headers.traceparent
        const above = fromParent(typeof said === 'string' ? said : undefined) ?? ROOT_CONTEXT
        const { method, id } = request
        const attributes = { 'http.request.method': method, 'http.route': route, 'firstpass.request_id': id }
        const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, above)
        const context = trace.setSpan(above, span)
        spans.set(request, span)
        contexts.set(request, context)
        present.run(context, done)
      })
      // A body is read on events of its socket, which belong to no request.
      app.addHook('preValidation', (request, _reply, done) => {
        const context = contexts.get(request)
        if (context) present.run(context, done)
        else done()
      })
      app.addHook('onError', async (request, _reply, error) => {
        const span = spans.get(request)
        if (span && !('statusCode' in error && Number(error.statusCode) < 500)) failed(span, error)
      })
      app.addHook('onResponse', async (request, reply) => {
        const span = spans.get(request)
        span?.setAttribute('http.response.status_code', reply.statusCode)
        span?.end()
      })
    },
    /** Work that waits in line for a connection goes on in the trace of whoever asked for it. */
    follow(database: Pick<Database, 'db' | 'people' | 'ingest'>): void {
      for (const db of new Set([database.db, database.people, database.ingest])) {
        const begin = db.transaction.bind(db)
        db.transaction = (work, config) => {
          const inContext = AsyncLocalStorage.snapshot()
          return begin((tx) => inContext(() => work(tx)), config)
        }
      }
    },
    /** Sends what is gathered. */
    async stop(): Promise<void> {
      await provider.shutdown()
    },
  }
}
