// All listeners, registered once on the app of either door.
import type { App } from '@slack/bolt'
import { alarmButtons } from './alarm-buttons.ts'
import { buildCardButtons } from './build-card.ts'
import { cardButtons } from './card-buttons.ts'
import { configOptions } from './config-modal.ts'
import { configSubmit } from './config-submit.ts'
import { containmentButtons } from './containment-buttons.ts'
import type { ListenerDeps } from './deps.ts'
import { type AnswerTo, answerFailed } from './failed-request.ts'
import { homeListeners } from './home.ts'
import { lifecycle } from './lifecycle.ts'
import { linkShared } from './link-shared.ts'
import { mentions } from './mentions.ts'
import { otherButtons } from './other-buttons.ts'
import { reasonModals } from './reason-modals.ts'
import { rolloutCommand } from './rollout-command.ts'
import { shortcuts } from './shortcuts.ts'
import { startOptions } from './start-options.ts'
import { startRefresh } from './start-refresh.ts'
import { startSubmit } from './start-submit.ts'

export function registerListeners(app: App, deps: ListenerDeps, answerTo: AnswerTo): void {
  rolloutCommand(app, deps)
  cardButtons(app, deps)
  buildCardButtons(app, deps)
  alarmButtons(app, deps)
  containmentButtons(app, deps)
  configOptions(app, deps)
  configSubmit(app, deps)
  reasonModals(app, deps)
  startRefresh(app, deps)
  startSubmit(app, deps)
  startOptions(app, deps)
  shortcuts(app, deps)
  otherButtons(app)
  mentions(app, deps)
  linkShared(app, deps)
  homeListeners(app, deps)
  lifecycle(app, deps)
  app.error(async ({ error, body }: { error: Error; body: unknown }) => {
    deps.log.error({ err: error }, 'a request of Slack failed')
    await answerFailed(answerTo, body).catch((err) =>
      deps.log.warn({ err }, 'a person could not be told that their request failed'),
    )
  })
}
