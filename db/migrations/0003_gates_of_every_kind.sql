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
-- A breach names its gate, no longer only the gate's metric: two gates may watch one metric.
UPDATE "events" SET "body" = ("body" - 'metric') || jsonb_build_object('gate', "body"->'metric')
WHERE "type" IN ('BreachOpened', 'BreachWorsened', 'BreachAcknowledged', 'BreachRecovered') AND "body" ? 'metric';
--> statement-breakpoint
UPDATE "rollouts" SET "state" = "state"
  || CASE WHEN "state" ? 'breaches' THEN jsonb_build_object('breaches', (
       SELECT coalesce(jsonb_agg((each - 'metric') || jsonb_build_object('gate', each->'metric', 'mode', 'pause') ORDER BY place), '[]'::jsonb)
       FROM jsonb_array_elements("state"->'breaches') WITH ORDINALITY AS list(each, place))) ELSE '{}'::jsonb END
  || CASE WHEN "state" ? 'accepted' THEN jsonb_build_object('accepted', (
       SELECT coalesce(jsonb_agg((each - 'metric') || jsonb_build_object('gate', each->'metric') ORDER BY place), '[]'::jsonb)
       FROM jsonb_array_elements("state"->'accepted') WITH ORDINALITY AS list(each, place))) ELSE '{}'::jsonb END;
--> statement-breakpoint
-- Verdicts of the engine before: what they did not know is said to be unknown.
UPDATE "verdicts" SET "verdict" = "verdict" || jsonb_build_object('failing', '{}'::jsonb, 'throughput', NULL, 'alarmBudget', 0.05, 'gates', (
  SELECT coalesce(jsonb_agg(each || jsonb_build_object('name', each->'metric', 'acts', true, 'comparison', 'base', 'alpha', 0,
    'unit', CASE each->>'metric' WHEN 'first-pass yield' THEN 'first attempts' ELSE 'runs' END, 'mixDifference', NULL,
    'probabilitySevere', NULL, 'suspect', NULL, 'details', '[]'::jsonb) ORDER BY place), '[]'::jsonb)
  FROM jsonb_array_elements("verdict"->'gates') WITH ORDINALITY AS list(each, place)));
--> statement-breakpoint
UPDATE "rollouts" SET "verdict" = "verdict" || jsonb_build_object('failing', '{}'::jsonb, 'throughput', NULL, 'alarmBudget', 0.05, 'gates', (
  SELECT coalesce(jsonb_agg(each || jsonb_build_object('name', each->'metric', 'acts', true, 'comparison', 'base', 'alpha', 0,
    'unit', CASE each->>'metric' WHEN 'first-pass yield' THEN 'first attempts' ELSE 'runs' END, 'mixDifference', NULL,
    'probabilitySevere', NULL, 'suspect', NULL, 'details', '[]'::jsonb) ORDER BY place), '[]'::jsonb)
  FROM jsonb_array_elements("verdict"->'gates') WITH ORDINALITY AS list(each, place)))
WHERE "verdict" IS NOT NULL;
--> statement-breakpoint
-- Rollouts that are live across the upgrade go on: their gates get what gates have now, their counts their new place.
UPDATE "rollouts" SET "state" = jsonb_set("state", '{plan}', "state"->'plan' || jsonb_build_object('expectedYieldChange', 0, 'passes', 'likely', 'gates', (
  SELECT coalesce(jsonb_agg('{"stages": null, "minimumSamples": 0, "comparison": "base", "burn": 2, "severeRelative": 2, "severePoints": 0}'::jsonb
    || each || jsonb_build_object('name', each->'metric') ORDER BY place), '[]'::jsonb)
  FROM jsonb_array_elements("state"->'plan'->'gates') WITH ORDINALITY AS list(each, place))));
--> statement-breakpoint
UPDATE "events" SET "body" = jsonb_set("body", '{plan}', "body"->'plan' || jsonb_build_object('expectedYieldChange', 0, 'passes', 'likely', 'gates', (
  SELECT coalesce(jsonb_agg('{"stages": null, "minimumSamples": 0, "comparison": "base", "burn": 2, "severeRelative": 2, "severePoints": 0}'::jsonb
    || each || jsonb_build_object('name', each->'metric') ORDER BY place), '[]'::jsonb)
  FROM jsonb_array_elements("body"->'plan'->'gates') WITH ORDINALITY AS list(each, place))))
WHERE "body" ? 'plan';
--> statement-breakpoint
INSERT INTO "station_pasts" ("procedure_id", "rollout_id", "station_id", "metric", "n", "bad", "expected")
  SELECT "procedure_id", "rollout_id", "station_id", 'first-pass yield', "past_units", "past_bad", 0 FROM "rollout_stations"
  UNION ALL SELECT "procedure_id", "rollout_id", "station_id", 'error rate', "past_runs", "past_errors", 0 FROM "rollout_stations"
  UNION ALL SELECT "procedure_id", "rollout_id", "station_id", 'timeout rate', "past_runs", "past_timeouts", 0 FROM "rollout_stations";
--> statement-breakpoint
INSERT INTO "metric_tallies" ("procedure_id", "rollout_id", "arm", "station_id", "metric", "shift", "n", "bad", "expected")
  SELECT "procedure_id", "rollout_id", "arm", "station_id", 'first-pass yield', 0, "units", "units" - "passed", 0 FROM "arm_tallies" WHERE "units" > 0
  UNION ALL SELECT "procedure_id", "rollout_id", "arm", "station_id", 'error rate', 0, "runs", "errors", 0 FROM "arm_tallies" WHERE "runs" > 0
  UNION ALL SELECT "procedure_id", "rollout_id", "arm", "station_id", 'timeout rate', 0, "runs", "timeouts", 0 FROM "arm_tallies" WHERE "runs" > 0;
