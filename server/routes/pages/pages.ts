// Every page that people open in a browser, behind one door.
import cookie from '@fastify/cookie'
import type { FastifyPluginAsync } from 'fastify'
import { loadPageAssets } from '../../../views/assets/page-assets.ts'
import type { Instant } from '../../domain/instant.ts'
import type { PageAccess } from '../../page-access.ts'
import type { RolloutWatchers } from '../../rollout-watchers.ts'
import { assetRoutes } from './assets.ts'
import { pageDoor } from './door.ts'
import { type HistorySources, historyPages } from './history-pages.ts'
import { livePages } from './live-pages.ts'
import { type RolloutSources, rolloutPages } from './rollout-pages.ts'

type Deps = RolloutSources & {
  history: HistorySources
  access: PageAccess
  base: () => string
  watchers: Pick<RolloutWatchers, 'watch'>
  now: () => Instant
}

export function pageRoutes(deps: Deps): FastifyPluginAsync {
  return async (app) => {
    await app.register(cookie)
    const assets = await loadPageAssets()
    const door = pageDoor({ access: deps.access, assets: assets.urls, base: deps.base })
    assetRoutes(app, assets.files)
    rolloutPages(app, { ...deps, door })
    livePages(app, { ...deps, door })
    historyPages(app, { ...deps, door })
  }
}
