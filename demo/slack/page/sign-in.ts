// The page on which a person signs in elsewhere as who they are here: Allow or Cancel.
import type { FastifyInstance } from 'fastify'
import type { Credentials } from '../api/auth.ts'
import { answerSignIn, readSignIn } from '../people/signing-in.ts'
import type { World } from '../state/world.ts'
import { authorizeShell, renderFault } from './authorize.ts'
import { html } from './html.ts'

export function signInRoutes(
  server: FastifyInstance,
  worlds: World[],
  credentials: Credentials | undefined,
): void {
  server.get('/openid/connect/authorize', (request, reply) => {
    const query = new URL(request.url, 'http://slack').searchParams
    const asked = readSignIn(query, credentials)
    reply.code('fault' in asked ? 400 : 200).type('text/html; charset=utf-8')
    return 'fault' in asked ? renderFault(asked.fault) : renderQuestion(query, worlds)
  })

  server.post<{ Body: Record<string, string> }>('/openid/connect/authorize', (request, reply) => {
    const { answer, by = '', ...asking } = request.body
    const asked = readSignIn(new URLSearchParams(asking), credentials)
    const [teamId, user = ''] = by.split('/')
    const world = worlds.find((one) => one.team.teamId === teamId)
    const wrong = (fault: string) => reply.code(400).type('text/html; charset=utf-8').send(renderFault(fault))
    if ('fault' in asked) return wrong(asked.fault)
    if (!world) return wrong('no such workspace')
    const answered = answerSignIn(asked, { user, allow: answer === 'allow' }, world)
    return 'fault' in answered ? wrong(answered.fault) : reply.redirect(answered.location)
  })
}

function renderQuestion(query: URLSearchParams, worlds: World[]): string {
  const appName = worlds[0]?.team.appName ?? 'This app'
  const hidden = [...query].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  const people = worlds.map(
    ({ team, directory }) =>
      html`<optgroup label="${team.name}">${directory
        .people()
        .filter((one) => !one.deleted)
        .map(
          (one) => html`<option value="${team.teamId}/${one.id}">${one.realName}, ${team.name}</option>`,
        )}</optgroup>`,
  )
  return authorizeShell(
    'Sign in',
    html`<h1>Sign in to ${appName} with Slack</h1>
      <form method="post" action="/openid/connect/authorize">${hidden}
        <label class="label" for="by">Who you are</label>
        <select id="by" name="by">${people}</select>
        <p>${appName} will learn your name, and which workspace you are in.</p>
        <p class="choice"><button class="button" name="answer" value="cancel">Cancel</button>
          <button class="button primary" name="answer" value="allow">Allow</button></p>
      </form>`,
  )
}
