// The form that signs a containment list off. Which list it showed travels in its metadata: another one is not signed.
import type { ModalView } from '@slack/types'
import { type Containment, containmentHeadline } from '../../server/domain/containment.ts'
import { containmentValue } from '../containment-value.ts'
import { whatFirst } from './containment-message.ts'
import { join, markup, said } from './markup.ts'
import { modalIds, reasonModal } from './reason-modals.ts'

export function containmentModal(list: Containment, channel?: string): ModalView {
  return reasonModal({
    id: modalIds.containment,
    title: 'Sign off containment',
    submit: 'Sign off',
    intro: join(
      [
        markup`${said(containmentHeadline(list), 300)}.`,
        markup`${whatFirst(list)}`,
        markup`Your name, your note and this very list are kept. Units that come later ask again.`,
      ],
      '\n',
    ),
    label: 'What was done with the units?',
    optional: false,
    metadata: JSON.stringify({
      on: containmentValue(list.rolloutId),
      digest: list.counts.digest,
      channel: channel ?? null,
    }),
  })
}
