CREATE TABLE "slack_events" (
	"id" text PRIMARY KEY NOT NULL,
	"taken_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "slack_installations" (
	"team_id" text PRIMARY KEY NOT NULL,
	"team_name" text NOT NULL,
	"sealed" text NOT NULL,
	"installed_by" text NOT NULL,
	"installed_at" timestamp (6) with time zone NOT NULL,
	"ended_at" timestamp (6) with time zone,
	"ended_why" text
);
--> statement-breakpoint
CREATE TABLE "slack_people" (
	"team_id" text NOT NULL,
	"user_id" text NOT NULL,
	"direct" boolean DEFAULT false NOT NULL,
	"home_opened_at" timestamp (6) with time zone,
	CONSTRAINT "slack_people_team_id_user_id_pk" PRIMARY KEY("team_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "procedures" ADD COLUMN "slack_team" text;--> statement-breakpoint
CREATE INDEX "slack_events_taken" ON "slack_events" USING btree ("taken_at");--> statement-breakpoint
-- Rollouts and their record from before get what is kept now, so that folding the record still gives the stored row.
CREATE FUNCTION pg_temp.plan_with_approvals("plan" jsonb) RETURNS jsonb LANGUAGE sql AS $$
  SELECT '{"expectation": null, "fourEyes": false, "approvalsLastMinutes": null}'::jsonb || $1
$$;
--> statement-breakpoint
UPDATE "rollouts" SET "state" = "state"
  || CASE WHEN "status" IN ('pending', 'active', 'paused', 'aborting') THEN '{"asked": null}'::jsonb ELSE '{}'::jsonb END
  || CASE WHEN "state" ? 'breaches' THEN jsonb_build_object('breaches', (
       SELECT coalesce(jsonb_agg('{"escalatedAt": null}'::jsonb || each ORDER BY place), '[]'::jsonb)
       FROM jsonb_array_elements("state"->'breaches') WITH ORDINALITY AS list(each, place))) ELSE '{}'::jsonb END
  || jsonb_build_object('plan', pg_temp.plan_with_approvals("state"->'plan'));
--> statement-breakpoint
UPDATE "events" SET "body" = jsonb_set("body", '{plan}', pg_temp.plan_with_approvals("body"->'plan')) WHERE "body" ? 'plan';
