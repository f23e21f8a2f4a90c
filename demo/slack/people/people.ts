// Everything a person can do in this workspace, for tests and for the page.
import type { Acting } from './acting.ts'
import { clicking } from './click.ts'
import { commanding } from './command.ts'
import { installing } from './installing.ts'
import { modals } from './modal.ts'
import { shortcuts } from './shortcut.ts'
import { signingIn } from './signing-in.ts'
import { suggesting } from './suggest.ts'
import { talking } from './talk.ts'

export type People = ReturnType<typeof people>

export function people(deps: Acting) {
  const modal = modals(deps)
  const talk = talking(deps)
  const install = installing(deps)
  return {
    command: commanding(deps),
    click: clicking(deps),
    fillView: modal.fill,
    submitView: modal.submit,
    closeView: modal.close,
    suggestOptions: suggesting(deps),
    shortcut: shortcuts(deps),
    say: talk.say,
    mention: talk.mention,
    openHome: talk.openHome,
    verifyUrl: talk.verifyUrl,
    composeLink: talk.composeLink,
    authorize: install.authorize,
    signIn: signingIn(deps),
    uninstall: install.uninstall,
    revokeToken: install.revokeToken,
    /** Any event, also one sent before: the same `eventId` is a replay. */
    sendEvent: deps.events.send,
  }
}
