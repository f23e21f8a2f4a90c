// Each migration leaves a schema that the version before it can still use: both run side by side during an upgrade.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { narrowing } from './narrowing.ts'

const folder = new URL('../../db/migrations/', import.meta.url)

/**
 * Written before any two versions ran side by side. Who comes from before them stops all processes first
 * (docs/upgrading.md). To this list nothing is added: a change that narrows is made in two versions.
 */
const past: Record<string, string> = {
  '0003_gates_of_every_kind.sql':
    'plans, events and verdicts are written anew, in words that the version before does not know',
  '0004_watch_after_completion.sql':
    'plans and events are written anew; their new parts are additions to JSON',
  '0006_slack_in_full.sql': 'plans and events are written anew; their new parts are additions to JSON',
  '0007_stations_and_deployments.sql': 'first attempts get another key, which storing runs names',
  '0008_keys_of_stations.sql': 'the key of a station moves to a table of its own',
  '0018_rollouts_by_procedure.sql': 'rollouts get another key; nothing names it when it writes',
  '0019_partitioned_runs.sql':
    'runs are renamed and become partitions; under their own name they are read and written as before',
}

const migrations = readdirSync(folder).filter((name) => name.endsWith('.sql'))

test.each(migrations)('%s only expands', (name) => {
  const found = narrowing(readFileSync(new URL(name, folder), 'utf8'))
  if (name in past) expect(found, `${name} narrows nothing: take it off the list of the past`).not.toEqual([])
  else expect(found, 'expand, migrate, contract: see docs/upgrading.md').toEqual([])
})

describe('narrowing is', () => {
  const made = 'CREATE TABLE "new" ("id" uuid PRIMARY KEY NOT NULL);--> statement-breakpoint\n'
  test.each([
    ['a table dropped', 'DROP TABLE "runs";'],
    ['a column dropped', 'ALTER TABLE "runs" DROP COLUMN "unit";'],
    ['a table renamed', 'ALTER TABLE "runs" RENAME TO "runs_first";'],
    ['a column renamed', 'ALTER TABLE "runs" RENAME COLUMN "unit" TO "serial";'],
    ['another type', 'ALTER TABLE "runs" ALTER COLUMN "shift" SET DATA TYPE integer;'],
    ['null taken away', 'ALTER TABLE "runs" ALTER COLUMN "shift" SET NOT NULL;'],
    ['a default taken away', 'ALTER TABLE "runs" ALTER COLUMN "shift" DROP DEFAULT;'],
    ['a column that must be written', 'ALTER TABLE "runs" ADD COLUMN "lot" text NOT NULL;'],
    ['a check', 'ALTER TABLE "runs" ADD CONSTRAINT "short" CHECK (length(unit) < 9);'],
    ['another key', 'ALTER TABLE "runs" ADD CONSTRAINT "key" PRIMARY KEY("id");'],
    ['a key taken away, which an upsert may name', 'ALTER TABLE "runs" DROP CONSTRAINT "runs_pk";'],
    ['uniqueness', 'CREATE UNIQUE INDEX "one" ON "runs" USING btree ("unit");'],
    ['a unique index taken away, which an upsert may name', 'DROP INDEX "one";'],
    ['rows written anew', `UPDATE "runs" SET "unit" = 'x';`],
    ['rows deleted', 'DELETE FROM "runs";'],
    ['what it cannot read', 'DO $$ BEGIN PERFORM 1; END $$;'],
  ])('%s', (_, statement) => {
    expect(narrowing(made + statement)).toHaveLength(1)
  })

  test.each([
    [
      'a new table with all of its keys',
      `${made}ALTER TABLE "new" ADD CONSTRAINT "f" FOREIGN KEY ("id") REFERENCES "runs"("id");`,
    ],
    ['a unique index on a new table', `${made}CREATE UNIQUE INDEX "one" ON "new" USING btree ("id");`],
    ['a column that may be null', 'ALTER TABLE "runs" ADD COLUMN "lot" text;'],
    ['a column with a default', `ALTER TABLE "runs" ADD COLUMN "lot" text DEFAULT '' NOT NULL;`],
    ['an index', 'CREATE INDEX "lots" ON "runs" USING btree ("lot") WHERE lot is not null;'],
    ['null allowed', 'ALTER TABLE "runs" ALTER COLUMN "shift" DROP NOT NULL;'],
    ['a default given', 'ALTER TABLE "runs" ALTER COLUMN "shift" SET DEFAULT 0;'],
    ['a comment', '-- DROP TABLE "runs" is for the next version'],
  ])('not %s', (_, statement) => {
    expect(narrowing(statement)).toEqual([])
  })
})
