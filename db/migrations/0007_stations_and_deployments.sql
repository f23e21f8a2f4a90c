CREATE TABLE "definitions" (
	"procedure_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"declared" jsonb,
	"learned" jsonb,
	"learned_runs" integer DEFAULT 0 NOT NULL,
	"learned_passes" integer DEFAULT 0 NOT NULL,
	"accepted" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "definitions_procedure_id_deployment_id_pk" PRIMARY KEY("procedure_id","deployment_id")
);
--> statement-breakpoint
CREATE TABLE "deployment_logs" (
	"procedure_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "deployment_logs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"deployment_id" uuid NOT NULL,
	"at" timestamp (6) with time zone NOT NULL,
	"level" text NOT NULL,
	"message" text NOT NULL,
	CONSTRAINT "deployment_logs_procedure_id_id_pk" PRIMARY KEY("procedure_id","id")
);
--> statement-breakpoint
CREATE TABLE "station_alarms" (
	"procedure_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "station_alarms_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"station_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"since" timestamp (6) with time zone NOT NULL,
	"detail" text NOT NULL,
	"deployment_id" uuid,
	"rollout_id" uuid,
	"opened_at" timestamp (6) with time zone NOT NULL,
	"closed_at" timestamp (6) with time zone,
	"closed_how" text,
	"acknowledged" jsonb,
	CONSTRAINT "station_alarms_procedure_id_id_pk" PRIMARY KEY("procedure_id","id")
);
--> statement-breakpoint
CREATE TABLE "station_errors" (
	"station_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "station_errors_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"procedure_id" uuid,
	"at" timestamp (6) with time zone NOT NULL,
	"code" text,
	"message" text NOT NULL,
	CONSTRAINT "station_errors_station_id_id_pk" PRIMARY KEY("station_id","id")
);
--> statement-breakpoint
CREATE TABLE "station_keys" (
	"hash" text PRIMARY KEY NOT NULL,
	"station_id" uuid NOT NULL,
	"prefix" text NOT NULL,
	"created_at" timestamp (6) with time zone NOT NULL,
	"ends_at" timestamp (6) with time zone,
	"ended_why" text,
	"last_used_at" timestamp (6) with time zone
);
--> statement-breakpoint
CREATE TABLE "uploads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"station_id" uuid NOT NULL,
	"name" text NOT NULL,
	"content" text,
	"created_at" timestamp (6) with time zone NOT NULL,
	"run_id" uuid
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"taken_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "first_attempts" ADD COLUMN "day" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "first_attempts" DROP CONSTRAINT "first_attempts_procedure_id_unit_pk";--> statement-breakpoint
ALTER TABLE "procedures" ALTER COLUMN "auto_push" SET DEFAULT false;--> statement-breakpoint
-- The switch started nothing until now: nobody is to find rollouts that start by themselves after an upgrade.
UPDATE "procedures" SET "auto_push" = false;--> statement-breakpoint
ALTER TABLE "first_attempts" ADD CONSTRAINT "first_attempts_procedure_id_unit_day_pk" PRIMARY KEY("procedure_id","unit","day");--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "artifact_metadata" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "expectation" text;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "expected_yield_change" double precision;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "source" text DEFAULT 'api' NOT NULL;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "promoted" jsonb;--> statement-breakpoint
ALTER TABLE "procedures" ADD COLUMN "identifier" text;--> statement-breakpoint
ALTER TABLE "procedures" ADD COLUMN "attempt_rule" text DEFAULT 'ever' NOT NULL;--> statement-breakpoint
ALTER TABLE "procedures" ADD COLUMN "repository" jsonb;--> statement-breakpoint
ALTER TABLE "procedures" ADD COLUMN "production_branch" text DEFAULT 'main' NOT NULL;--> statement-breakpoint
ALTER TABLE "procedures" ADD COLUMN "revert_limit_minutes" double precision DEFAULT 60 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "failure_text" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "shadow" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "stations" ADD COLUMN "fixtures" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "stations" ADD COLUMN "held_until" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "stations" ADD COLUMN "excluded_reason" text;--> statement-breakpoint
ALTER TABLE "stations" ADD COLUMN "excluded_until" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "stations" ADD COLUMN "experiment" text;--> statement-breakpoint
ALTER TABLE "stations" ADD COLUMN "clock_ahead_ms" bigint;--> statement-breakpoint
ALTER TABLE "station_keys" ADD CONSTRAINT "station_keys_station_id_stations_id_fk" FOREIGN KEY ("station_id") REFERENCES "public"."stations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_station_id_stations_id_fk" FOREIGN KEY ("station_id") REFERENCES "public"."stations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deployment_logs_deployment" ON "deployment_logs" USING btree ("deployment_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "station_alarms_open" ON "station_alarms" USING btree ("procedure_id","station_id","kind") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "station_alarms_station" ON "station_alarms" USING btree ("station_id","opened_at");--> statement-breakpoint
CREATE INDEX "station_errors_at" ON "station_errors" USING btree ("station_id","at");--> statement-breakpoint
CREATE INDEX "station_keys_station" ON "station_keys" USING btree ("station_id");--> statement-breakpoint
CREATE INDEX "uploads_created" ON "uploads" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_taken" ON "webhook_deliveries" USING btree ("taken_at");--> statement-breakpoint
CREATE INDEX "runs_shadow" ON "runs" USING btree ("procedure_id","deployment_id","started_at") WHERE shadow;