import { afterAll, beforeAll, expect, it } from 'vitest'
import { listening } from '../support/listening.ts'
import { type PageChecks, pageChecks } from '../support/page-check.ts'

const faulty = `<!doctype html><html lang="en"><title>Faulty</title><main>
<h1 style="color:#bbb;background:#fff">Pale</h1><div style="width:2000px">wide</div>
<button tabindex="-1">unreachable</button><a href="#" style="outline:none">unmarked</a><input>
<script>throw new Error('broken')</script>${' '.repeat(150_000)}</main>`
const sound =
  '<!doctype html><html lang="en"><title>Sound</title><link rel="icon" href="data:,"><main><h1>Sound</h1><a href="#x">on</a></main>'

let site = ''
let checks: PageChecks
beforeAll(async () => {
  checks = await pageChecks()
  site = await listening(async (app) => {
    app.get('/faulty', (_, reply) => reply.type('text/html').send(faulty))
    app.get('/sound', (_, reply) => reply.type('text/html').send(sound))
  })
})
afterAll(() => checks.close())

it('a sound page has no faults', async () => {
  expect(await checks.checkPage(`${site}/sound`)).toEqual([])
  expect(await checks.checkPage(`${site}/sound`, { status: 404 })).toEqual(['status 200, expected 404'])
})

it('every fault of a page is told', async () => {
  const faults = (await checks.checkPage(`${site}/faulty`)).join('\n')
  for (const told of [
    /bytes of HTML, expected at most 150000/,
    /390 px: scrolls sideways: <div class=""> wide/,
    /color-contrast/,
    /label \(Form elements must have labels\)/,
    /the keyboard does not reach <button> unreachable/,
    /nothing shows that the keyboard is at <a> unmarked/,
    /error: broken/,
  ])
    expect(faults).toMatch(told)
})
