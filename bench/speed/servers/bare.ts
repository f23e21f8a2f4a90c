// A bare Fastify: what a poll or a report would cost if there were nothing to do but to answer.
import Fastify from 'fastify'

const assignment = JSON.stringify({
  station: { id: '00000000-0000-4000-8000-000000000001', name: 'ST-1' },
  assignments: [
    {
      procedure_id: '00000000-0000-4000-8000-000000000002',
      procedure_name: 'Board',
      deployment: {
        id: '00000000-0000-4000-8000-000000000003',
        version: 'v1',
        commit_sha: 'c0ffee0000000000000000000000000000c0ffee',
        artifact_url: 'https://builds.example/v1.tar.gz',
        artifact_sha256: 'c0ffee0000000000000000000000000000c0ffeec0ffee000000000000c0ffee',
      },
    },
  ],
})

const app = Fastify()
app.get('/ready', async () => ({ ready: true }))
app.get('/poll', (_request, reply) => {
  reply.type('application/json').send(assignment)
})
app.post('/runs', async () => ({ id: '00000000-0000-4000-8000-000000000004' }))
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
