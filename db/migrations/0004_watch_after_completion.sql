CREATE INDEX "rollouts_watched" ON "rollouts" USING btree ("ended_at") WHERE status = 'completed';--> statement-breakpoint
-- Rollouts and their record from before get what is kept now, so that folding the record still gives the stored row.
CREATE FUNCTION pg_temp.stages_now("stages" jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT coalesce(jsonb_agg(jsonb_set(each, '{soak}', '{"shifts": 0}'::jsonb || (each->'soak')) ORDER BY place), '[]'::jsonb)
  FROM jsonb_array_elements($1) WITH ORDINALITY AS list(each, place)
$$;
--> statement-breakpoint
CREATE FUNCTION pg_temp.plan_with_shifts("plan" jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT '{"shifts": {"zone": "UTC", "starts": ["06:00", "14:00", "22:00"]}, "longestStageMinutes": null}'::jsonb || $1
    || jsonb_build_object('stages', pg_temp.stages_now($1->'stages'))
$$;
--> statement-breakpoint
-- The shifts that stages soaked through, from the record: a row for every stage that began, by advance (null: what it
-- took over) or by undo. The clock runs from a stage's going live, or a resume, to the next of these events; shifts begin
-- at 6:00, 14:00 and 22:00 UTC. What was soaked before an undo was not recorded in shifts and counts as none.
CREATE TEMPORARY TABLE "soaked" ON COMMIT DROP AS
WITH "marks" AS (
  SELECT "rollout_id", "sequence", "type", ("body"->>'at')::float8 AS "at",
    count(*) FILTER (WHERE "type" IN ('StageStarted', 'StageUndone')) OVER "until_now" AS "place",
    coalesce(max("sequence") FILTER (WHERE "type" = 'RolloutResumed') OVER "until_now", 0)
      >= coalesce(max("sequence") FILTER (WHERE "type" = 'RolloutPaused') OVER "until_now", 0) AS "is_active",
    lead(("body"->>'at')::float8) OVER (PARTITION BY "rollout_id" ORDER BY "sequence") AS "next_at"
  FROM "events"
  WHERE "type" IN ('StageStarted', 'StageUndone', 'StageWentLive', 'RolloutPaused', 'RolloutResumed', 'RolloutAborted')
  WINDOW "until_now" AS (PARTITION BY "rollout_id" ORDER BY "sequence")
), "clocks" AS (
  SELECT *, "is_active" AND bool_or("type" = 'StageWentLive') OVER (PARTITION BY "rollout_id", "place" ORDER BY "sequence") AS "is_running"
  FROM "marks"
)
SELECT "rollout_id", "place", min("at") AS "since", coalesce(sum(greatest(0,
  floor(("next_at" - 21600000) / 28800000) - ceil(("at" - 21600000) / 28800000))) FILTER (WHERE "is_running"), 0)::int AS "shifts"
FROM "clocks" GROUP BY "rollout_id", "place";
--> statement-breakpoint
CREATE FUNCTION pg_temp.history_now("rollout" uuid, "history" jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT coalesce(jsonb_agg(each || jsonb_build_object(
    'planned', (each->'planned') || jsonb_build_object('stages', pg_temp.stages_now(each->'planned'->'stages')),
    'soakedShifts', coalesce((
      SELECT "former"."shifts" FROM "soaked" "own" JOIN "soaked" "former" ON "former"."rollout_id" = $1 AND "former"."place" = "own"."place" - 1
      WHERE "own"."rollout_id" = $1 AND "own"."since" = (each->>'at')::float8 ORDER BY "own"."place" DESC LIMIT 1), 0)) ORDER BY place), '[]'::jsonb)
  FROM jsonb_array_elements($2) WITH ORDINALITY AS list(each, place)
$$;
--> statement-breakpoint
UPDATE "rollouts" SET "state" = "state"
  || CASE WHEN "status" IN ('active', 'paused', 'aborting') THEN jsonb_build_object('lifted', '[]'::jsonb,
       'soakedShifts', coalesce((SELECT "shifts" FROM "soaked" WHERE "rollout_id" = "id" ORDER BY "place" DESC LIMIT 1), 0),
       'stageHistory', pg_temp.history_now("id", "state"->'stageHistory')) ELSE '{}'::jsonb END
  || CASE WHEN "status" = 'completed' THEN '{"alarms": []}'::jsonb ELSE '{}'::jsonb END
  || CASE WHEN "state" ? 'breaches' THEN jsonb_build_object('breaches', (
       SELECT coalesce(jsonb_agg('{"details": [], "suspect": null}'::jsonb || each ORDER BY place), '[]'::jsonb)
       FROM jsonb_array_elements("state"->'breaches') WITH ORDINALITY AS list(each, place))) ELSE '{}'::jsonb END
  || jsonb_build_object('plan', pg_temp.plan_with_shifts("state"->'plan'));
--> statement-breakpoint
UPDATE "events" SET "body" = jsonb_set("body", '{plan}', pg_temp.plan_with_shifts("body"->'plan')) WHERE "body" ? 'plan';
--> statement-breakpoint
UPDATE "events" SET "body" = '{"mode": "pause", "details": [], "suspect": null}'::jsonb || "body" WHERE "type" = 'BreachOpened';
--> statement-breakpoint
UPDATE "events" SET "body" = '{"evidence": []}'::jsonb || "body" WHERE "type" IN ('StageAdvanced', 'StageSet', 'RolloutCompleted', 'BreachAcknowledged');
--> statement-breakpoint
UPDATE "events" SET "body" = '{"soakedShifts": 0}'::jsonb || "body" WHERE "type" = 'StageUndone';
--> statement-breakpoint
-- A completed rollout is counted on until its watch is over: what ran since it completed is counted now.
UPDATE "rollouts" SET "ended_at" = to_timestamp((("state"->>'watchUntil')::float8) / 1000) WHERE "status" = 'completed';
--> statement-breakpoint
WITH "watched" AS (
  SELECT r.*, to_timestamp((r."state"->>'endedAt')::float8 / 1000) AS "completed_at" FROM "rollouts" r WHERE r."status" = 'completed'
), "ran" AS (
  SELECT w."id" AS "rollout_id", t."station_id", t."deployment_id", 0 AS "units", 0 AS "passed", 1 AS "runs",
    (t."outcome" = 'ERROR')::int AS "errors", (t."outcome" = 'TIMEOUT')::int AS "timeouts", (t."outcome" = 'PASS')::int AS "pass_runs",
    CASE t."outcome" WHEN 'PASS' THEN round(extract(epoch FROM t."ended_at" - t."started_at") * 1000) ELSE 0 END AS "pass_ms"
  FROM "watched" w JOIN "runs" t ON t."procedure_id" = w."procedure_id" AND t."outcome" <> 'ABORTED'
    AND t."started_at" >= w."completed_at" AND t."started_at" < w."ended_at"
  UNION ALL
  SELECT w."id", t."station_id", t."deployment_id", 1, t."passed"::int, 0, 0, 0, 0, 0
  FROM "watched" w JOIN "first_attempts" t ON t."procedure_id" = w."procedure_id"
    AND t."started_at" >= w."completed_at" AND t."started_at" < w."ended_at"
), "late" AS (
  SELECT w."procedure_id", w."id" AS "rollout_id", w."state"->'plan'->'gates' AS "gates", t."station_id",
    CASE t."deployment_id" WHEN w."deployment_id" THEN 'canary' WHEN w."base_deployment_id" THEN 'base' ELSE 'other' END AS "arm",
    sum(t."units")::int AS "units", sum(t."passed")::int AS "passed", sum(t."runs")::int AS "runs", sum(t."errors")::int AS "errors",
    sum(t."timeouts")::int AS "timeouts", sum(t."pass_runs")::int AS "pass_runs", sum(t."pass_ms")::bigint AS "pass_ms"
  FROM "ran" t JOIN "watched" w ON w."id" = t."rollout_id"
    JOIN "rollout_stations" s ON s."rollout_id" = w."id" AND s."procedure_id" = w."procedure_id" AND s."station_id" = t."station_id"
  WHERE t."deployment_id" IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5
), "arms" AS (
  INSERT INTO "arm_tallies" ("procedure_id", "rollout_id", "arm", "station_id", "units", "passed", "runs", "errors", "timeouts", "pass_runs", "pass_ms")
  SELECT "procedure_id", "rollout_id", "arm", "station_id", "units", "passed", "runs", "errors", "timeouts", "pass_runs", "pass_ms" FROM "late"
  ON CONFLICT ("procedure_id", "rollout_id", "arm", "station_id") DO UPDATE SET "units" = "arm_tallies"."units" + excluded."units",
    "passed" = "arm_tallies"."passed" + excluded."passed", "runs" = "arm_tallies"."runs" + excluded."runs",
    "errors" = "arm_tallies"."errors" + excluded."errors", "timeouts" = "arm_tallies"."timeouts" + excluded."timeouts",
    "pass_runs" = "arm_tallies"."pass_runs" + excluded."pass_runs", "pass_ms" = "arm_tallies"."pass_ms" + excluded."pass_ms"
)
INSERT INTO "metric_tallies" ("procedure_id", "rollout_id", "arm", "station_id", "metric", "shift", "n", "bad", "expected")
SELECT t."procedure_id", t."rollout_id", t."arm", t."station_id", "counted"."metric", 0, "counted"."n", "counted"."bad", 0
FROM "late" t
CROSS JOIN LATERAL (VALUES ('first-pass yield', t."units", t."units" - t."passed"), ('error rate', t."runs", t."errors"),
  ('timeout rate', t."runs", t."timeouts")) AS "counted" ("metric", "n", "bad")
WHERE "counted"."n" > 0 AND t."gates" @> jsonb_build_array(jsonb_build_object('metric', "counted"."metric"))
ON CONFLICT ("procedure_id", "rollout_id", "arm", "station_id", "metric", "shift") DO UPDATE
  SET "n" = "metric_tallies"."n" + excluded."n", "bad" = "metric_tallies"."bad" + excluded."bad";
