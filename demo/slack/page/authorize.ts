// The page on which a person installs the app: what it asks for, in which workspace, Allow or Cancel.
import type { FastifyInstance } from 'fastify'
import type { Credentials } from '../api/auth.ts'
import { answerAuthorize, readAuthorize } from '../people/installing.ts'
import type { World } from '../state/world.ts'
import { type Html, html } from './html.ts'

const meanings: Record<string, string> = {
  'app_mentions:read': 'see messages that mention it',
  'channels:read': 'see which public channels there are',
  'chat:write': 'write messages as itself',
  commands: 'add slash commands and shortcuts',
  'files:write': 'upload files',
  'groups:read': 'see the private channels it was added to',
  'im:write': 'start direct messages',
  'links:read': 'see links to its own pages',
  'links:write': 'show previews of such links',
  'usergroups:read': 'see user groups and who is in them',
  'users:read': 'see who is in the workspace',
  'users:read.email': 'see people’s email addresses',
}

export function authorizeRoutes(
  server: FastifyInstance,
  worlds: World[],
  credentials: Credentials | undefined,
): void {
  server.get('/oauth/v2/authorize', (request, reply) => {
    const query = new URL(request.url, 'http://slack').searchParams
    const asked = readAuthorize(query, credentials)
    const body = 'fault' in asked ? renderFault(asked.fault) : renderQuestion(query, asked.scopes, worlds)
    return reply
      .code('fault' in asked ? 400 : 200)
      .type('text/html; charset=utf-8')
      .send(body)
  })

  server.post<{ Body: Record<string, string> }>('/oauth/v2/authorize', (request, reply) => {
    const { answer, by = '', ...asking } = request.body
    const asked = readAuthorize(new URLSearchParams(asking), credentials)
    const [teamId, user = ''] = by.split('/')
    const world = worlds.find((one) => one.team.teamId === teamId)
    if ('fault' in asked || !credentials || !world)
      return reply
        .code(400)
        .type('text/html; charset=utf-8')
        .send(renderFault('fault' in asked ? asked.fault : 'no such workspace'))
    const answered = answerAuthorize(asked, { user, allow: answer === 'allow' }, credentials, world)
    if ('fault' in answered)
      return reply.code(400).type('text/html; charset=utf-8').send(renderFault(answered.fault))
    return reply.redirect(answered.location)
  })
}

function renderQuestion(query: URLSearchParams, scopes: string[], worlds: World[]): string {
  const [first] = worlds
  const appName = first?.team.appName ?? 'This app'
  const hidden = [...query].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  const people = worlds.map(
    ({ team, directory }) =>
      html`<optgroup label="${team.name}">${directory
        .people()
        .filter((one) => !one.deleted && !one.isRestricted && !one.isUltraRestricted)
        .map(
          (one) => html`<option value="${team.teamId}/${one.id}">${one.realName}, ${team.name}</option>`,
        )}</optgroup>`,
  )
  return authorizeShell(
    'Install',
    html`<h1>${appName} asks for access to a workspace</h1>
      <form method="post" action="/oauth/v2/authorize">${hidden}
        <label class="label" for="by">Workspace and who answers</label>
        <select id="by" name="by">${people}</select>
        <h2>${appName} will be able to</h2>
        <ul>${scopes.map((scope) => html`<li>${meanings[scope] ?? scope} <code>${scope}</code></li>`)}</ul>
        <p class="choice"><button class="button" name="answer" value="cancel">Cancel</button>
          <button class="button primary" name="answer" value="allow">Allow</button></p>
      </form>`,
  )
}

export function renderFault(fault: string): string {
  return authorizeShell(
    'Something went wrong',
    html`<h1>Something went wrong</h1><p role="alert">${fault}</p>`,
  )
}

export function authorizeShell(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · local Slack</title><link rel="icon" href="data:,">
${['frame', 'message', 'controls', 'authorize'].map((name) => html`<link rel="stylesheet" href="/page/style/${name}.css">`)}
</head><body class="authorize"><main>${body}</main></body></html>`.html
}
