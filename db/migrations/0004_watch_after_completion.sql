CREATE INDEX "rollouts_watched" ON "rollouts" USING btree ("ended_at") WHERE status = 'completed';--> statement-breakpoint
-- Rollouts and their record from before get what is kept now, so that folding the record still gives the stored row.
UPDATE "rollouts" SET "state" = "state"
  || CASE WHEN "status" IN ('active', 'paused', 'aborting') THEN jsonb_build_object('soakedShifts', 0, 'lifted', '[]'::jsonb, 'stageHistory', (
       SELECT coalesce(jsonb_agg(each || '{"soakedShifts": 0}'::jsonb ORDER BY place), '[]'::jsonb)
       FROM jsonb_array_elements("state"->'stageHistory') WITH ORDINALITY AS list(each, place))) ELSE '{}'::jsonb END
  || CASE WHEN "status" = 'completed' THEN '{"alarms": []}'::jsonb ELSE '{}'::jsonb END
  || CASE WHEN "state" ? 'breaches' THEN jsonb_build_object('breaches', (
       SELECT coalesce(jsonb_agg('{"details": [], "suspect": null}'::jsonb || each ORDER BY place), '[]'::jsonb)
       FROM jsonb_array_elements("state"->'breaches') WITH ORDINALITY AS list(each, place))) ELSE '{}'::jsonb END
  || jsonb_build_object('plan', '{"shifts": {"zone": "UTC", "starts": ["06:00", "14:00", "22:00"]}, "longestStageMinutes": null}'::jsonb || "state"->'plan'
       || jsonb_build_object('stages', (
         SELECT coalesce(jsonb_agg(jsonb_set(each, '{soak}', '{"shifts": 0}'::jsonb || each->'soak') ORDER BY place), '[]'::jsonb)
         FROM jsonb_array_elements("state"->'plan'->'stages') WITH ORDINALITY AS list(each, place))));
--> statement-breakpoint
UPDATE "events" SET "body" = jsonb_set("body", '{plan}', '{"shifts": {"zone": "UTC", "starts": ["06:00", "14:00", "22:00"]}, "longestStageMinutes": null}'::jsonb || "body"->'plan'
  || jsonb_build_object('stages', (
    SELECT coalesce(jsonb_agg(jsonb_set(each, '{soak}', '{"shifts": 0}'::jsonb || each->'soak') ORDER BY place), '[]'::jsonb)
    FROM jsonb_array_elements("body"->'plan'->'stages') WITH ORDINALITY AS list(each, place))))
WHERE "body" ? 'plan';
--> statement-breakpoint
UPDATE "events" SET "body" = '{"mode": "pause", "details": [], "suspect": null}'::jsonb || "body" WHERE "type" = 'BreachOpened';
--> statement-breakpoint
UPDATE "events" SET "body" = '{"evidence": []}'::jsonb || "body" WHERE "type" IN ('StageAdvanced', 'StageSet', 'RolloutCompleted', 'BreachAcknowledged');
--> statement-breakpoint
UPDATE "events" SET "body" = '{"soakedShifts": 0}'::jsonb || "body" WHERE "type" = 'StageUndone';
--> statement-breakpoint
-- A completed rollout is counted on until its watch is over.
UPDATE "rollouts" SET "ended_at" = to_timestamp((("state"->>'watchUntil')::float8) / 1000) WHERE "status" = 'completed';
