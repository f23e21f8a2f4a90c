CREATE TABLE "metric_tallies" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"station_id" uuid NOT NULL,
	"metric" text NOT NULL,
	"shift" smallint NOT NULL,
	"n" integer DEFAULT 0 NOT NULL,
	"bad" integer DEFAULT 0 NOT NULL,
	"expected" double precision DEFAULT 0 NOT NULL,
	CONSTRAINT "metric_tallies_key" PRIMARY KEY("procedure_id","rollout_id","arm","station_id","metric","shift")
);
--> statement-breakpoint
CREATE TABLE "policies" (
	"scope" text NOT NULL,
	"version" integer NOT NULL,
	"body" jsonb NOT NULL,
	"by" jsonb NOT NULL,
	"why" text,
	"at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "policies_scope_version_pk" PRIMARY KEY("scope","version")
);
--> statement-breakpoint
CREATE TABLE "retests" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"unit" text NOT NULL,
	"serial" text NOT NULL,
	"failed_in" text NOT NULL,
	"pair" integer NOT NULL,
	"asked_by" jsonb NOT NULL,
	"asked_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "retests_procedure_id_rollout_id_unit_pk" PRIMARY KEY("procedure_id","rollout_id","unit")
);
--> statement-breakpoint
CREATE TABLE "station_pasts" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"station_id" uuid NOT NULL,
	"metric" text NOT NULL,
	"n" integer NOT NULL,
	"bad" integer NOT NULL,
	"expected" double precision NOT NULL,
	"usual" double precision,
	CONSTRAINT "station_pasts_procedure_id_rollout_id_station_id_metric_pk" PRIMARY KEY("procedure_id","rollout_id","station_id","metric")
);
--> statement-breakpoint
ALTER TABLE "first_attempts" ADD COLUMN "product" text;--> statement-breakpoint
ALTER TABLE "first_attempts" ADD COLUMN "shift" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "rollouts" ADD COLUMN "usual_rates" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "product" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "shift" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "sample" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "failure_mode" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "measurement_count" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "metrics" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "stations" ADD COLUMN "telemetry" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "stations" ADD COLUMN "checks" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "retests" ADD CONSTRAINT "retests_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runs_failure_mode" ON "runs" USING btree ("procedure_id","failure_mode","deployment_id") WHERE failure_mode is not null;--> statement-breakpoint
CREATE INDEX "runs_sample" ON "runs" USING btree ("procedure_id","started_at") WHERE sample is not null;--> statement-breakpoint
-- A breach names its gate, no longer only the gate's metric: two gates may watch one metric. Its mode is its gate's.
CREATE FUNCTION pg_temp.mode_of("gates" jsonb, "metric" jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT coalesce((SELECT gate->'mode' FROM jsonb_array_elements($1) AS list(gate) WHERE gate->'metric' = $2 LIMIT 1), '"pause"'::jsonb)
$$;
--> statement-breakpoint
UPDATE "events" SET "body" = ("events"."body" - 'metric') || jsonb_build_object('gate', "events"."body"->'metric')
  || CASE WHEN "events"."type" = 'BreachOpened'
       THEN jsonb_build_object('mode', pg_temp.mode_of("rollouts"."state"->'plan'->'gates', "events"."body"->'metric')) ELSE '{}'::jsonb END
FROM "rollouts" WHERE "rollouts"."id" = "events"."rollout_id" AND "events"."body" ? 'metric'
  AND "events"."type" IN ('BreachOpened', 'BreachWorsened', 'BreachAcknowledged', 'BreachRecovered');
--> statement-breakpoint
UPDATE "rollouts" SET "state" = "state"
  || CASE WHEN "state" ? 'breaches' THEN jsonb_build_object('breaches', (
       SELECT coalesce(jsonb_agg((each - 'metric') || jsonb_build_object('gate', each->'metric',
         'mode', pg_temp.mode_of("state"->'plan'->'gates', each->'metric')) ORDER BY place), '[]'::jsonb)
       FROM jsonb_array_elements("state"->'breaches') WITH ORDINALITY AS list(each, place))) ELSE '{}'::jsonb END
  || CASE WHEN "state" ? 'accepted' THEN jsonb_build_object('accepted', (
       SELECT coalesce(jsonb_agg((each - 'metric') || jsonb_build_object('gate', each->'metric') ORDER BY place), '[]'::jsonb)
       FROM jsonb_array_elements("state"->'accepted') WITH ORDINALITY AS list(each, place))) ELSE '{}'::jsonb END;
--> statement-breakpoint
-- Verdicts of the engine before: what they did not know is said to be unknown. Their line was 1/alpha.
CREATE FUNCTION pg_temp.verdict_now("verdict" jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT $1 || jsonb_build_object('failing', '{}'::jsonb, 'throughput', NULL,
    'alarmBudget', coalesce(sum((gate->>'alpha')::numeric), 0), 'gates', coalesce(jsonb_agg(gate ORDER BY place), '[]'::jsonb))
  FROM (
    SELECT place, each || jsonb_build_object('name', each->'metric', 'acts', true, 'comparison', 'base',
      'alpha', round(exp(-(each->>'logThreshold')::float8)::numeric, 9),
      'unit', CASE each->>'metric' WHEN 'first-pass yield' THEN 'first attempts' ELSE 'runs' END, 'mixDifference', NULL,
      'probabilitySevere', NULL, 'suspect', NULL, 'details', '[]'::jsonb) AS gate
    FROM jsonb_array_elements($1->'gates') WITH ORDINALITY AS list(each, place)) AS gates
$$;
--> statement-breakpoint
UPDATE "verdicts" SET "verdict" = pg_temp.verdict_now("verdict");
--> statement-breakpoint
UPDATE "rollouts" SET "verdict" = pg_temp.verdict_now("verdict") WHERE "verdict" IS NOT NULL;
--> statement-breakpoint
-- Rollouts that are live across the upgrade go on: their gates get what gates have now, their counts their new place.
CREATE FUNCTION pg_temp.plan_now("plan" jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT $1 || jsonb_build_object('expectedYieldChange', 0, 'passes', 'likely', 'gates', coalesce(jsonb_agg(
    '{"stages": null, "minimumSamples": 0, "comparison": "base", "burn": 2, "severeRelative": 2, "severePoints": 0}'::jsonb
      || each || jsonb_build_object('name', each->'metric') ORDER BY place), '[]'::jsonb))
  FROM jsonb_array_elements($1->'gates') WITH ORDINALITY AS list(each, place)
$$;
--> statement-breakpoint
UPDATE "rollouts" SET "state" = jsonb_set("state", '{plan}', pg_temp.plan_now("state"->'plan'));
--> statement-breakpoint
UPDATE "events" SET "body" = jsonb_set("body", '{plan}', pg_temp.plan_now("body"->'plan')) WHERE "body" ? 'plan';
--> statement-breakpoint
-- A rollout that has not started has no past yet: it is frozen at the start.
INSERT INTO "station_pasts" ("procedure_id", "rollout_id", "station_id", "metric", "n", "bad", "expected")
  SELECT s."procedure_id", s."rollout_id", s."station_id", "counted"."metric", "counted"."n", "counted"."bad", 0
  FROM "rollout_stations" s
  JOIN "rollouts" r ON r."id" = s."rollout_id"
  CROSS JOIN LATERAL (VALUES ('first-pass yield', s."past_units", s."past_bad"), ('error rate', s."past_runs", s."past_errors"),
    ('timeout rate', s."past_runs", s."past_timeouts")) AS "counted" ("metric", "n", "bad")
  WHERE r."started_at" IS NOT NULL AND r."state"->'plan'->'gates' @> jsonb_build_array(jsonb_build_object('metric', "counted"."metric"));
--> statement-breakpoint
INSERT INTO "metric_tallies" ("procedure_id", "rollout_id", "arm", "station_id", "metric", "shift", "n", "bad", "expected")
  SELECT t."procedure_id", t."rollout_id", t."arm", t."station_id", "counted"."metric", 0, "counted"."n", "counted"."bad", 0
  FROM "arm_tallies" t
  JOIN "rollouts" r ON r."id" = t."rollout_id"
  CROSS JOIN LATERAL (VALUES ('first-pass yield', t."units", t."units" - t."passed"), ('error rate', t."runs", t."errors"),
    ('timeout rate', t."runs", t."timeouts")) AS "counted" ("metric", "n", "bad")
  WHERE "counted"."n" > 0 AND r."state"->'plan'->'gates' @> jsonb_build_array(jsonb_build_object('metric', "counted"."metric"));
