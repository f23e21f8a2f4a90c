// The suites: pure ones once, those of the database and the service once on each engine, pages in one browser,
// journeys in real time.
import { defineConfig } from 'vitest/config'

const onPostgresOnly = 'test/**/*.postgres.test.ts'
const onPgliteOnly = 'test/**/*.pglite.test.ts'
const pages = 'test/server/routes/{pages,rollout-files}.test.ts'
const withDatabase = ['test/db/**/*.test.ts', 'test/server/**/*.test.ts']
const globalSetup = 'test/support/global-setup.ts'
const patience = { testTimeout: 30_000, hookTimeout: 60_000 }
// Modules are loaded once a worker, not once a file: nearly half of the time. One more try, which is printed: some wait for what
// a clock, a socket or a disk does, and a machine that stalls for seconds ends such a wait too early.
const quick = { isolate: false, retry: 1, ...patience }
const shared = { globalSetup, ...quick }
// A journey runs in real time and mostly waits, so it goes beside other files: one after another, at the end, journeys took
// more than half of the time. On a machine that stalls for seconds a wait may end too early, so each gets up to three tries.
const inRealTime = { globalSetup, retry: 2, testTimeout: 120_000, hookTimeout: 120_000 }
// The stories that the engine could change: kills and two deciders at once.
const onBothEngines = ['killed', 'two-clicks'].map((name) => `test/journeys/${name}.test.ts`)

export default defineConfig({
  test: {
    // Otherwise one processor is left to itself: of two, half the time.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'pure',
          // A new folder of tests is in here until it asks for a database.
          include: ['test/!(db|server|journeys|pages)/**/*.test.ts', 'test/*.test.ts', pages],
          ...quick,
        },
      },
      {
        test: {
          name: 'pglite',
          include: withDatabase,
          exclude: [onPostgresOnly, pages],
          env: { FIRSTPASS_TEST_ENGINE: 'pglite' },
          ...shared,
        },
      },
      {
        test: {
          name: 'postgres',
          include: withDatabase,
          exclude: [onPgliteOnly, pages],
          env: { FIRSTPASS_TEST_ENGINE: 'postgres' },
          ...shared,
        },
      },
      {
        test: {
          name: 'pages',
          include: ['test/pages/**/*.test.ts'],
          env: { FIRSTPASS_TEST_ENGINE: 'pglite' },
          globalSetup: [globalSetup, 'test/support/page-browser.ts'],
          ...quick,
          // In real time too: what a browser does between two looks of a test is not always what it did before.
          retry: 2,
          testTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          env: { FIRSTPASS_TEST_ENGINE: process.env.FIRSTPASS_TEST_ENGINE ?? 'pglite' },
          ...inRealTime,
        },
      },
      {
        test: {
          name: 'journeys-postgres',
          include: onBothEngines,
          env: { FIRSTPASS_TEST_ENGINE: 'postgres' },
          ...inRealTime,
        },
      },
    ],
  },
})
