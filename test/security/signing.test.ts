// What the service signs: for one purpose, with a secret that can be changed while what it signed lives on.
import fastifyCookie from '@fastify/cookie'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { rolloutId } from '../../server/domain/ids.ts'
import { pageLinks } from '../../server/page-links.ts'
import { type SigningPurpose, signing } from '../../server/signing.ts'
import { uploadLinks } from '../../server/upload-links.ts'
import { uuid } from '../support/fixed-values.ts'

const [old, fresh] = ['the old secret of links', 'the new secret of links']
const id = rolloutId.parse(uuid(1, 1))
const now = () => Date.parse('2026-05-04T12:00:00Z')
const purposes: SigningPurpose[] = ['page/rollout', 'page/form', 'upload']

describe('what is signed', () => {
  it('is worth nothing for another purpose, nor for another text', () => {
    const { sign, isSigned } = signing([old])
    for (const purpose of purposes) {
      const signed = sign(purpose, `${id}/1`)
      expect(isSigned(purpose, `${id}/1`, signed)).toBe(true)
      expect(isSigned(purpose, `${id}/2`, signed)).toBe(false)
      for (const other of purposes.filter((each) => each !== purpose))
        expect(isSigned(other, `${id}/1`, signed)).toBe(false)
    }
  })

  it('is no signature of a text that was split elsewhere', () => {
    const { sign, isSigned } = signing([old])
    const signed = sign('upload', 'rollout/1')
    expect(purposes.filter((each) => isSigned(each, '1', signed))).toEqual([])
  })

  it('is not taken when it is cut short, longer, or of characters that are two bytes', () => {
    const { sign, isSigned } = signing([old])
    const signed = sign('upload', 'a')
    for (const wrong of ['', signed.slice(1), `${signed}A`, signed.replace(/.$/, 'é'), 'é'.repeat(32)])
      expect(isSigned('upload', 'a', wrong)).toBe(false)
  })
})

describe('a new secret in front of the old one', () => {
  const before = signing([old])
  const between = signing([fresh, old])
  const after = signing([fresh])

  it('signs, and the old one still verifies until it is taken away', () => {
    const signed = before.sign('page/form', 'x')
    expect(between.isSigned('page/form', 'x', signed)).toBe(true)
    expect(after.isSigned('page/form', 'x', signed)).toBe(false)
    expect(after.isSigned('page/form', 'x', between.sign('page/form', 'x'))).toBe(true)
    expect(before.isSigned('page/form', 'x', between.sign('page/form', 'x'))).toBe(false)
  })

  it('leaves links in Slack open, and addresses of uploads', () => {
    const links = (signs: typeof before) =>
      pageLinks({ publicUrl: () => 'https://fp.test', signing: signs, now })
    const keys = [new URL(links(before).rollout(id)).searchParams.get('key') ?? '']
    expect(links(between).open({ id, keys })).toMatchObject({ id })
    expect(links(after).open({ id, keys })).toBe('not its key')

    const uploads = (signs: typeof before) => uploadLinks({ publicUrl: 'https://fp.test', signing: signs })
    const address = new URL(uploads(before).address('7', now(), ''))
    const put = {
      id: '7',
      until: Number(address.searchParams.get('until')),
      key: address.searchParams.get('key') ?? '',
    }
    expect(uploads(between).refusal(put, now())).toBeNull()
    expect(uploads(after).refusal(put, now())).toContain('was not made by this service')
  })

  it('leaves signed cookies good, by keys that sign nothing else', async () => {
    const signer = async (signs: typeof before) => {
      const app = Fastify()
      await app.register(fastifyCookie, { secret: signs.keysFor('page/cookies') })
      await app.ready()
      return app
    }
    const cookie = (await signer(before)).signCookie('value')
    expect((await signer(between)).unsignCookie(cookie)).toMatchObject({ valid: true, value: 'value' })
    expect((await signer(after)).unsignCookie(cookie).valid).toBe(false)
    expect(before.keysFor('page/cookies')).not.toContain(old)
  })
})
