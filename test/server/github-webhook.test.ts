// GitHub's webhook: who may speak, each delivery once, and builds that come out right in whatever order events arrive.
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { githubHook, type Payload, payload, type Sent, signatureOf } from '../support/github-hook.ts'
import { type TestLine, testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const hook = githubHook(service)

type Repo = Awaited<ReturnType<typeof aRepo>>

/** A repository of its own with a procedure for each folder. */
async function aRepo(folders: string[] = [''], more: Record<string, unknown> = {}) {
  const name = `procedures-${randomBytes(4).toString('hex')}`
  const lines: TestLine[] = []
  for (const path of folders) {
    const line = await testLine(service, { stations: 2 })
    const body = { repository: { owner: 'acme', name, path }, ...more }
    expect((await ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body })).status).toBe(200)
    lines.push(line)
  }
  clock.pass(1000)
  const repository = { name, full_name: `Acme/${name}` }
  const sha = randomBytes(20).toString('hex')
  const run = (of: Payload = {}, action = 'completed', sent: Sent = {}) => {
    const full: Payload = { head_sha: sha, head_repository: repository, repository, ...of }
    const conclusion = action === 'completed' ? (full.conclusion ?? 'success') : null
    const change = { action, repository, workflow_run: { ...full, conclusion } }
    return hook('workflow_run', payload('workflow-run', change), sent)
  }
  return {
    lines,
    line: lines[0] as TestLine,
    sha,
    short: sha.slice(0, 7),
    push: (of: Payload = {}, sent: Sent = {}) =>
      hook('push', payload('push', { after: sha, repository, ...of }), sent),
    run,
    deployed: (status: Payload = {}, deployment: Payload = {}) =>
      hook(
        'deployment_status',
        payload('deployment-status', {
          repository,
          deployment_status: status,
          deployment: { sha, ...deployment },
        }),
      ),
    /** Its builds beside those that every line has. */
    async builds(line = lines[0] as TestLine) {
      const { data } = (await ask('GET', `/api/v1/procedures/${line.procedure}/deployments`)).body
      return data.filter((each: { source: string }) => each.source === 'github')
    },
  }
}
const commitOf = (...files: string[]) => ({
  added: [],
  modified: files,
  removed: [],
  message: 'm',
  id: 'a'.repeat(40),
})

describe('who may speak', () => {
  test('only whoever signs with the secret is listened to; the bytes count, whatever they say', async () => {
    const repo = await aRepo()
    for (const sent of [
      { secret: 'another secret of 20' },
      { signature: null },
      { signature: 'sha256=00' },
      { signature: `sha1=${'0'.repeat(40)}` },
    ])
      expect(await repo.push({}, sent)).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    // One byte of a signed body is another one.
    const body = JSON.stringify(payload('push'))
    const other = await hook('push', {}, { raw: body.replace('校', '枝'), signature: signatureOf(body) })
    expect(other.status).toBe(401)
    expect(await repo.builds()).toEqual([])
    expect((await repo.push()).status).toBe(200)
    expect(await repo.builds()).toHaveLength(1)
  })

  test('without a secret nothing is taken, and the answer names the setting', async () => {
    const bare = await openTestService({ database: service.database, githubSecret: null })
    expect(await githubHook(bare)('ping', payload('ping'))).toMatchObject({
      status: 503,
      body: { code: 'not_configured', message: expect.stringContaining('GITHUB_WEBHOOK_SECRET') },
    })
  })

  test('a ping is answered, and a form is read as JSON is', async () => {
    expect((await hook('ping', payload('ping'))).status).toBe(200)
    const repo = await aRepo()
    const full = { name: repo.short, full_name: 'Acme/nobody' }
    const form = new URLSearchParams({ payload: JSON.stringify(payload('push', { repository: full })) })
    const answer = await hook('push', {}, { raw: form.toString(), type: 'application/x-www-form-urlencoded' })
    expect(answer).toMatchObject({ status: 202, body: { ignored: expect.stringContaining('acme/nobody') } })
  })

  test('what is signed and no payload of GitHub is named as such', async () => {
    expect(await hook('push', {}, { raw: '{' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('no JSON') },
    })
    expect(await hook('push', { ref: 'refs/heads/main' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('after') },
    })
  })
})

describe('a push', () => {
  test('to the production branch registers a build that is being made, once', async () => {
    const repo = await aRepo()
    const id = `delivery-${repo.short}`
    expect(await repo.push({}, { id })).toMatchObject({
      status: 200,
      body: {
        did: [expect.stringContaining(`registered main@${repo.short}, building`)],
        taken_before: false,
      },
    })
    expect(await repo.push({}, { id })).toMatchObject({ status: 200, body: { did: [], taken_before: true } })
    expect((await repo.push()).body.did).toEqual([expect.stringContaining('already')])
    expect(await repo.builds()).toMatchObject([
      {
        version: `main@${repo.short}`,
        environment: 'production',
        status: 'building',
        commit: {
          sha: repo.sha,
          branch: 'main',
          author: 'Ana Žukauskaitė',
          message: expect.stringContaining('12 kΩ). 校准'),
        },
      },
    ])
  })

  test.each([
    ['to another branch', { ref: 'refs/heads/feature/x' }, 'feature/x is no production branch'],
    ['of a tag', { ref: 'refs/tags/v2.5.0' }, 'refs/tags/v2.5.0 is no branch'],
    [
      'that deletes the branch',
      { deleted: true, head_commit: null, after: '0'.repeat(40) },
      'the branch main was deleted',
    ],
    ['to another repository', { repository: { full_name: 'Acme/other' } }, 'no procedure has the repository'],
  ])('%s is ignored, and the answer says why', async (_what, of, why) => {
    const repo = await aRepo()
    expect(await repo.push(of)).toMatchObject({
      status: 202,
      body: { did: [], ignored: expect.stringContaining(why) },
    })
    expect(await repo.builds()).toEqual([])
  })

  test('follows the production branch that the procedure names', async () => {
    const repo = await aRepo([''], { production_branch: 'release/2' })
    expect((await repo.push()).status).toBe(202)
    await repo.push({ ref: 'refs/heads/release/2' })
    expect(await repo.builds()).toMatchObject([{ version: `release/2@${repo.short}` }])
  })

  test('in a shared repository builds the procedures whose folders it touched, and those alone', async () => {
    const repo = await aRepo(['fct', 'burn-in', 'fct-old'])
    const [fct, burnIn, old] = repo.lines as [TestLine, TestLine, TestLine]
    await repo.push({ commits: [commitOf('README.md'), commitOf('fct/main.py', 'burn-in/oven.py')] })
    for (const line of [fct, burnIn]) expect(await repo.builds(line)).toHaveLength(1)
    expect(await repo.builds(old)).toEqual([])
    const other = randomBytes(20).toString('hex')
    expect(await repo.push({ after: other, commits: [commitOf('docs/a.md')] })).toMatchObject({
      status: 202,
      body: { ignored: expect.stringContaining('touch no folder') },
    })
    // A push whose commits are not listed, such as one that goes back, may have touched anything.
    await repo.push({ after: randomBytes(20).toString('hex'), commits: [], forced: true })
    expect(await repo.builds(old)).toHaveLength(1)
  })

  test('gets a longer version when the short one is taken by another commit', async () => {
    const repo = await aRepo()
    await repo.line.build(`main@${repo.short}`)
    await repo.push()
    expect(await repo.builds()).toMatchObject([{ version: `main@${repo.sha.slice(0, 12)}` }])
  })

  test('of a commit that was registered otherwise adds no second build', async () => {
    const repo = await aRepo()
    await repo.line.build('2.5.0', { commit: { sha: repo.short, message: 'm', author: 'Ana' } })
    expect((await repo.push()).body.did).toEqual([
      expect.stringContaining('2.5.0 is the build of this commit'),
    ])
    expect(await repo.builds()).toEqual([])
  })
})

describe('a workflow run', () => {
  test('that succeeds makes the build ready, which is told', async () => {
    const repo = await aRepo()
    await repo.push()
    const [build] = await repo.builds()
    expect((await repo.run()).body.did).toEqual([expect.stringContaining(`main@${repo.short} is ready`)])
    expect(await repo.builds()).toMatchObject([{ status: 'ready' }])
    expect(service.jobs.filter((job) => job.kind === 'build' && job.deploymentId === build.id)).toHaveLength(
      1,
    )
  })

  test('that succeeded before the push came makes it ready at once', async () => {
    const repo = await aRepo()
    expect(await repo.run()).toMatchObject({
      status: 202,
      body: { ignored: expect.stringContaining('kept until the push') },
    })
    await repo.push()
    expect(await repo.builds()).toMatchObject([{ status: 'ready' }])
  })

  test('that fails fails the build with its reason and a line in its log; run again it makes it ready', async () => {
    const repo = await aRepo()
    await repo.push()
    await repo.run({ conclusion: 'failure' })
    const [build] = await repo.builds()
    expect(build.status).toBe('failed')
    const why = /^workflow Build #41 ended in failure: https:\/\/github\.com/
    const whole = (await ask('GET', `/api/v1/deployments/${build.id}`)).body
    expect(whole.status_changes.at(-1)).toMatchObject({
      to: 'failed',
      by: { name: 'GitHub, push by Ana Žukauskaitė' },
      reason: expect.stringMatching(why),
    })
    expect((await ask('GET', `/api/v1/deployments/${build.id}/logs`)).body.data).toMatchObject([
      { level: 'error', message: expect.stringMatching(why) },
    ])
    await repo.run({ run_attempt: 2 })
    expect(await repo.builds()).toMatchObject([{ status: 'ready' }])
    // The word of the first attempt comes late: it is known to be old.
    expect((await repo.run({ conclusion: 'failure' })).body.ignored).toContain('something newer is known')
    expect(await repo.builds()).toMatchObject([{ status: 'ready' }])
  })

  test('beside another one that has not ended waits for it, and its failure counts', async () => {
    const repo = await aRepo()
    await repo.push()
    const tests = { workflow_id: 72844999, name: 'Test' }
    await repo.run(tests, 'requested')
    await repo.run()
    expect(await repo.builds()).toMatchObject([{ status: 'building' }])
    await repo.run({ ...tests, conclusion: 'timed_out' })
    expect(await repo.builds()).toMatchObject([{ status: 'failed' }])
    await repo.run({ ...tests, run_attempt: 2 })
    expect(await repo.builds()).toMatchObject([{ status: 'ready' }])
  })

  test.each([
    ['of a pull request', { event: 'pull_request' }, 'started by pull_request'],
    ['of another branch', { head_branch: 'feature/x' }, 'no production branch'],
    ['of a fork', { head_repository: { full_name: 'mallory/procedures' } }, 'the fork mallory/procedures'],
    ['that was skipped', { conclusion: 'skipped' }, 'ended as skipped'],
  ])('%s says nothing of the build', async (_what, of, why) => {
    const repo = await aRepo()
    await repo.push()
    expect(await repo.run(of)).toMatchObject({ status: 202, body: { ignored: expect.stringContaining(why) } })
    expect(await repo.builds()).toMatchObject([{ status: 'building' }])
  })

  test('that fails after the build was rolled out leaves it as it is, and stands in its log', async () => {
    const repo = await aRepo()
    await repo.push()
    await repo.run()
    const [build] = await repo.builds()
    expect((await repo.line.start({ deployment_id: build.id })).status).toBe(201)
    await repo.run({ workflow_id: 72844999, name: 'Nightly', conclusion: 'failure' })
    expect(await repo.builds()).toMatchObject([{ status: 'ready' }])
    expect((await ask('GET', `/api/v1/deployments/${build.id}/logs`)).body.data).toMatchObject([
      { level: 'error', message: expect.stringContaining('a build that stations may run stays ready') },
    ])
  })
})

describe('a deployment', () => {
  const artifact = {
    artifact_url: 'https://artifacts.acme.example/fct/6dcb09b.tar.gz',
    artifact_sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  }

  test('to production that succeeds makes the build ready, with its artifact', async () => {
    const repo = await aRepo()
    await repo.push()
    await repo.deployed({ state: 'in_progress', id: 3300 })
    // Its workflow may end first: what stations are to pull is not known yet.
    await repo.run()
    expect(await repo.builds()).toMatchObject([{ status: 'building', artifact_url: null }])
    await repo.deployed()
    expect(await repo.builds()).toMatchObject([{ status: 'ready', ...artifact }])
  })

  test('before the push, and told in the wrong order, comes out the same', async () => {
    const repo = await aRepo()
    await repo.deployed()
    await repo.deployed({ state: 'in_progress', id: 3300 })
    await repo.push()
    expect(await repo.builds()).toMatchObject([{ status: 'ready', ...artifact }])
  })

  test('that fails fails the build', async () => {
    const repo = await aRepo()
    await repo.push()
    await repo.deployed({ state: 'error' })
    expect(await repo.builds()).toMatchObject([{ status: 'failed' }])
  })

  test('names its artifact in its payload, or at its address; the page of a job is none', async () => {
    const repo = await aRepo()
    await repo.push()
    const page = 'https://github.com/Acme/x/actions/runs/1/job/2'
    await repo.deployed({ environment_url: '', target_url: page, log_url: page })
    expect(await repo.builds()).toMatchObject([{ status: 'ready', artifact_url: null }])
    const said = { payload: JSON.stringify({ artifact_url: 'https://artifacts.acme.example/b.tar.gz' }) }
    await repo.deployed({ id: 3400 }, said)
    expect(await repo.builds()).toMatchObject([{ artifact_url: 'https://artifacts.acme.example/b.tar.gz' }])
  })

  test('to another environment registers a preview, which no rollout takes until it is promoted', async () => {
    const repo = await aRepo()
    const staging = {
      environment: 'staging',
      production_environment: false,
      ref: 'feature/x',
      description: 'try it',
    }
    expect((await repo.deployed({ state: 'in_progress', id: 3300 }, staging)).status).toBe(202)
    await repo.deployed({}, staging)
    const [preview] = await repo.builds()
    expect(preview).toMatchObject({
      version: `staging/feature/x@${repo.short}`,
      environment: 'preview',
      status: 'ready',
      commit: { message: 'try it', branch: 'feature/x' },
      ...artifact,
    })
    // The same commit on the production branch is a build of its own.
    await repo.push()
    expect((await repo.builds()).map((each: { environment: string }) => each.environment).sort()).toEqual([
      'preview',
      'production',
    ])
  })

  test('in a shared repository is of the procedure that it names', async () => {
    const repo = await aRepo(['fct', 'burn-in'])
    const [fct, burnIn] = repo.lines as [TestLine, TestLine]
    const staging = { environment: 'staging', production_environment: false }
    expect((await repo.deployed({}, staging)).body.ignored).toContain('name the procedure')
    await repo.deployed({ id: 3302 }, { ...staging, payload: { procedure: burnIn.procedure } })
    expect(await repo.builds(burnIn)).toHaveLength(1)
    expect(await repo.builds(fct)).toEqual([])
  })
})

test('with automatic pushes on, a push that was built is rolled out, by GitHub and for its subject', async () => {
  const repo: Repo = await aRepo([''], { auto_push: true })
  await repo.push()
  await repo.deployed()
  const { data } = (await ask('GET', `/api/v1/rollouts?procedure_id=${repo.line.procedure}`)).body
  expect(data).toMatchObject([
    {
      deployment: { version: `main@${repo.short}` },
      owner: { kind: 'program', name: 'GitHub, push by Ana Žukauskaitė' },
    },
  ])
  const whole = await service.service.get(data[0].id)
  expect(whole?.reason).toBe('Tighten VCC limits to ±2 %')
})

test('a push and its success at the same moment miss nothing of each other', async () => {
  const repo = await aRepo()
  await Promise.all([repo.run(), repo.push(), repo.deployed(), repo.push()])
  expect(await repo.builds()).toMatchObject([{ status: 'ready' }])
})
