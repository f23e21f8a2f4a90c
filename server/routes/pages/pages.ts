// Every page that people open in a browser, behind one door.
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import type { FastifyPluginAsync } from 'fastify'
import { loadPageAssets } from '../../../views/assets/page-assets.ts'
import type { Instant } from '../../domain/instant.ts'
import type { PageAccess } from '../../page-access.ts'
import type { RegistryService } from '../../service/registry.ts'
import type { Signing } from '../../signing.ts'
import { assetRoutes } from './assets.ts'
import { buildPages } from './build-pages.ts'
import { chartFiles } from './chart-files.ts'
import { containmentPages } from './containment-pages.ts'
import { dataCharts } from './data-charts.ts'
import { pageDoor } from './door.ts'
import { fleetPages } from './fleet-page.ts'
import { type HistorySources, historyPages } from './history-pages.ts'
import { ledgerPages } from './ledger-pages.ts'
import { livePages } from './live-pages.ts'
import { overviewPages } from './overview-page.ts'
import { procedurePages } from './procedure-pages.ts'
import { type ReplaySources, replayPages } from './replay-pages.ts'
import type { DecisionDeps } from './rollout-decisions.ts'
import { rolloutPages } from './rollout-pages.ts'
import type { RolloutSources } from './rollout-sources.ts'
import { rolloutTables } from './rollout-tables.ts'
import { type PageSignIn, signInPages } from './sign-in-pages.ts'
import { stationPages } from './station-pages.ts'

/** How people come in and out. */
export type PageDoorway = {
  access: PageAccess
  base: () => string
  publicUrl: () => string
  /** Of what a browser keeps for us while it is at Slack. */
  signing: Signing
  /** Null: Sign in with Slack is not set up. */
  signIn: PageSignIn | null
}

type Deps = RolloutSources &
  DecisionDeps &
  PageDoorway & {
    history: HistorySources
    registry: RegistryService
    replay: ReplaySources
    now: () => Instant
  }

export function pageRoutes(deps: Deps): FastifyPluginAsync {
  return async (app) => {
    await app.register(cookie, { secret: deps.signing.keysFor('page/cookies') })
    await app.register(formbody)
    const assets = await loadPageAssets()
    const door = pageDoor({ ...deps, assets: assets.urls, canSignIn: deps.signIn !== null })
    assetRoutes(app, assets.files)
    signInPages(app, { ...deps, door })
    rolloutPages(app, { ...deps, door })
    chartFiles(app, { ...deps, door })
    rolloutTables(app, { ...deps, door })
    livePages(app, { ...deps, door })
    historyPages(app, { ...deps, door })
    replayPages(app, { ...deps, door })
    containmentPages(app, { ...deps, door })
    ledgerPages(app, { ...deps, door })
    const ofRegistry = { registry: deps.registry, door, charts: dataCharts(deps.drawPicture) }
    overviewPages(app, ofRegistry)
    fleetPages(app, ofRegistry)
    procedurePages(app, ofRegistry)
    stationPages(app, ofRegistry)
    buildPages(app, ofRegistry)
  }
}
