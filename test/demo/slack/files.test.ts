import { expect, test } from 'vitest'
import { defaultScopes } from '../../../demo/slack/state/installations.ts'
import { client, refusal } from './support/client.ts'
import { clock } from './support/clock.ts'
import { botToken, rollouts, workspace } from './support/small-app.ts'

const picture = Buffer.from('89504e470d0a1a0a', 'hex')
/** Reading files is more than Firstpass asks for. */
const scopes = [...defaultScopes, 'files:read']
const upload = { file: picture, filename: 'yield.png', title: 'Yield', alt_text: 'Yield by hour' }

test('a file uploaded without a channel is known and posted nowhere', async () => {
  const slack = await workspace()
  await client(slack).filesUploadV2(upload)
  expect(slack.files()).toMatchObject([
    { name: 'yield.png', title: 'Yield', bytes: picture, altText: 'Yield by hour' },
  ])
  expect(slack.messages(rollouts)).toEqual([])
})

test('a file uploaded to a channel is posted there', async () => {
  const slack = await workspace()
  await client(slack).filesUploadV2({ ...upload, channel_id: rollouts, initial_comment: 'look' })
  expect(slack.messages(rollouts)).toMatchObject([{ text: 'look', files: [slack.files()[0]?.id] }])
})

test('an image block on a file is refused until Slack has processed it', async () => {
  const time = clock()
  const slack = await workspace({ now: time.now, fileProcessingMs: 500, scopes })
  const web = client(slack)
  await web.filesUploadV2(upload)
  const id = slack.files()[0]?.id ?? ''
  const post = () =>
    web.chat.postMessage({
      channel: rollouts,
      text: 'chart',
      blocks: [{ type: 'image', alt_text: 'Yield by hour', slack_file: { id } }],
    })
  expect(await refusal(post())).toEqual({
    error: 'invalid_blocks',
    messages: ['[ERROR] invalid slack file [json-pointer:/blocks/0]'],
  })
  expect((await web.files.info({ file: id })).file?.mimetype).toBe('')
  time.pass(500)
  expect((await web.files.info({ file: id })).file?.mimetype).toBe('image/png')
  expect(await post()).toMatchObject({ ok: true })
})

test('an upload must have the length it announced, and be complete before it is known', async () => {
  const slack = await workspace({ scopes })
  const web = client(slack)
  const { upload_url = '', file_id = '' } = await web.files.getUploadURLExternal({
    filename: 'a.png',
    length: 5,
  })
  const put = (bytes: string) => fetch(upload_url, { method: 'POST', body: Buffer.from(bytes) })
  expect((await put('four')).status).toBe(400)
  expect(await refusal(web.files.completeUploadExternal({ files: [{ id: file_id }] }))).toMatchObject({
    error: 'file_not_found',
  })
  expect((await put('fives')).status).toBe(200)
  expect(await refusal(web.files.info({ file: file_id }))).toMatchObject({ error: 'file_not_found' })
  expect(await web.files.completeUploadExternal({ files: [{ id: file_id }] })).toMatchObject({ ok: true })
})

test('the bytes are there for a token that may read files, and for nobody else', async () => {
  const slack = await workspace({ scopes })
  const web = client(slack)
  await web.filesUploadV2(upload)
  const { file } = await web.files.info({ file: slack.files()[0]?.id ?? '' })
  const get = (token?: string) =>
    fetch(file?.url_private ?? '', {
      redirect: 'manual',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    })
  expect(Buffer.from(await (await get(botToken)).arrayBuffer())).toEqual(picture)
  expect((await get()).status).toBe(302)
  expect((await get('xoxb-guess')).status).toBe(302)
})
