CREATE TABLE "arm_tallies" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"arm" text NOT NULL,
	"station_id" uuid NOT NULL,
	"units" integer DEFAULT 0 NOT NULL,
	"passed" integer DEFAULT 0 NOT NULL,
	"runs" integer DEFAULT 0 NOT NULL,
	"errors" integer DEFAULT 0 NOT NULL,
	"timeouts" integer DEFAULT 0 NOT NULL,
	"pass_runs" integer DEFAULT 0 NOT NULL,
	"pass_ms" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "arm_tallies_procedure_id_rollout_id_arm_station_id_pk" PRIMARY KEY("procedure_id","rollout_id","arm","station_id")
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"id" text PRIMARY KEY NOT NULL,
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"did" text NOT NULL,
	"at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deployments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"procedure_id" uuid NOT NULL,
	"version" text NOT NULL,
	"commit_sha" text NOT NULL,
	"commit_message" text NOT NULL,
	"commit_branch" text,
	"commit_author" text NOT NULL,
	"environment" text NOT NULL,
	"status" text NOT NULL,
	"artifact_url" text,
	"artifact_sha256" text,
	"labels" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_at" timestamp (6) with time zone NOT NULL,
	"completed_at" timestamp (6) with time zone
);
--> statement-breakpoint
CREATE TABLE "events" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"type" text NOT NULL,
	"body" jsonb NOT NULL,
	"at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "events_procedure_id_rollout_id_sequence_pk" PRIMARY KEY("procedure_id","rollout_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "first_attempts" (
	"procedure_id" uuid NOT NULL,
	"unit" text NOT NULL,
	"run_id" uuid NOT NULL,
	"station_id" uuid NOT NULL,
	"deployment_id" uuid,
	"started_at" timestamp (6) with time zone NOT NULL,
	"passed" boolean NOT NULL,
	CONSTRAINT "first_attempts_procedure_id_unit_pk" PRIMARY KEY("procedure_id","unit")
);
--> statement-breakpoint
CREATE TABLE "hourly_tallies" (
	"procedure_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"station_id" uuid NOT NULL,
	"hour" timestamp (6) with time zone NOT NULL,
	"units" integer DEFAULT 0 NOT NULL,
	"passed" integer DEFAULT 0 NOT NULL,
	"runs" integer DEFAULT 0 NOT NULL,
	"errors" integer DEFAULT 0 NOT NULL,
	"timeouts" integer DEFAULT 0 NOT NULL,
	"pass_runs" integer DEFAULT 0 NOT NULL,
	"pass_ms" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "hourly_tallies_procedure_id_deployment_id_station_id_hour_pk" PRIMARY KEY("procedure_id","deployment_id","station_id","hour")
);
--> statement-breakpoint
CREATE TABLE "kept_settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pickups" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "pickups_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"procedure_id" uuid NOT NULL,
	"station_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"state" text NOT NULL,
	"message" text,
	"from_at" timestamp (6) with time zone NOT NULL,
	"to_at" timestamp (6) with time zone,
	CONSTRAINT "pickups_procedure_id_id_pk" PRIMARY KEY("procedure_id","id")
);
--> statement-breakpoint
CREATE TABLE "pins" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "pins_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"procedure_id" uuid NOT NULL,
	"station_id" uuid NOT NULL,
	"deployment_id" uuid NOT NULL,
	"rollout_id" uuid,
	"from_at" timestamp (6) with time zone NOT NULL,
	"to_at" timestamp (6) with time zone,
	CONSTRAINT "pins_procedure_id_id_pk" PRIMARY KEY("procedure_id","id")
);
--> statement-breakpoint
CREATE TABLE "procedure_events" (
	"procedure_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "procedure_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"type" text NOT NULL,
	"body" jsonb NOT NULL,
	"at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "procedure_events_procedure_id_id_pk" PRIMARY KEY("procedure_id","id")
);
--> statement-breakpoint
CREATE TABLE "procedures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"zone" text DEFAULT 'UTC' NOT NULL,
	"time_limit_seconds" integer DEFAULT 3600 NOT NULL,
	"soak_minutes" double precision,
	"slack_channel" text,
	"active_deployment_id" uuid,
	"former_deployment_id" uuid,
	"auto_push" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rollout_stations" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"station_id" uuid NOT NULL,
	"progress" jsonb NOT NULL,
	"past_units" integer DEFAULT 0 NOT NULL,
	"past_bad" integer DEFAULT 0 NOT NULL,
	"past_runs" integer DEFAULT 0 NOT NULL,
	"past_errors" integer DEFAULT 0 NOT NULL,
	"past_timeouts" integer DEFAULT 0 NOT NULL,
	"past_p99_seconds" double precision,
	"past_gap_seconds" double precision,
	CONSTRAINT "rollout_stations_procedure_id_rollout_id_station_id_pk" PRIMARY KEY("procedure_id","rollout_id","station_id")
);
--> statement-breakpoint
CREATE TABLE "rollouts" (
	"procedure_id" uuid NOT NULL,
	"id" uuid PRIMARY KEY NOT NULL,
	"deployment_id" uuid NOT NULL,
	"base_deployment_id" uuid NOT NULL,
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"state" jsonb NOT NULL,
	"verdict" jsonb,
	"created_at" timestamp (6) with time zone NOT NULL,
	"started_at" timestamp (6) with time zone,
	"ended_at" timestamp (6) with time zone
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"procedure_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"station_id" uuid NOT NULL,
	"deployment_id" uuid,
	"attributed_by" text NOT NULL,
	"serial" text NOT NULL,
	"unit" text NOT NULL,
	"outcome" text NOT NULL,
	"started_at" timestamp (6) with time zone NOT NULL,
	"ended_at" timestamp (6) with time zone NOT NULL,
	"received_at" timestamp (6) with time zone NOT NULL,
	"zoneless" boolean DEFAULT false NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "runs_procedure_id_id_pk" PRIMARY KEY("procedure_id","id")
);
--> statement-breakpoint
CREATE TABLE "slack_posts" (
	"key" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"ts" text NOT NULL,
	"content_hash" text NOT NULL,
	"updated_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "station_procedures" (
	"procedure_id" uuid NOT NULL,
	"station_id" uuid NOT NULL,
	"linked_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "station_procedures_procedure_id_station_id_pk" PRIMARY KEY("procedure_id","station_id")
);
--> statement-breakpoint
CREATE TABLE "stations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"site" text NOT NULL,
	"line" text NOT NULL,
	"tags" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"key_hash" text NOT NULL,
	"key_prefix" text NOT NULL,
	"held_reason" text,
	"created_at" timestamp (6) with time zone NOT NULL,
	"last_seen_at" timestamp (6) with time zone,
	"heartbeat_at" timestamp (6) with time zone,
	"busy" boolean DEFAULT false NOT NULL,
	"run_started_at" timestamp (6) with time zone
);
--> statement-breakpoint
CREATE TABLE "verdicts" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "verdicts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (6) with time zone NOT NULL,
	"verdict" jsonb NOT NULL,
	CONSTRAINT "verdicts_procedure_id_rollout_id_id_pk" PRIMARY KEY("procedure_id","rollout_id","id"),
	CONSTRAINT "verdicts_moment" UNIQUE("procedure_id","rollout_id","at")
);
--> statement-breakpoint
ALTER TABLE "deployments" ADD CONSTRAINT "deployments_procedure_id_procedures_id_fk" FOREIGN KEY ("procedure_id") REFERENCES "public"."procedures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "procedure_events" ADD CONSTRAINT "procedure_events_procedure_id_procedures_id_fk" FOREIGN KEY ("procedure_id") REFERENCES "public"."procedures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_stations" ADD CONSTRAINT "rollout_stations_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_procedure_id_procedures_id_fk" FOREIGN KEY ("procedure_id") REFERENCES "public"."procedures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_base_deployment_id_deployments_id_fk" FOREIGN KEY ("base_deployment_id") REFERENCES "public"."deployments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "station_procedures" ADD CONSTRAINT "station_procedures_procedure_id_procedures_id_fk" FOREIGN KEY ("procedure_id") REFERENCES "public"."procedures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "station_procedures" ADD CONSTRAINT "station_procedures_station_id_stations_id_fk" FOREIGN KEY ("station_id") REFERENCES "public"."stations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verdicts" ADD CONSTRAINT "verdicts_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "deployments_version" ON "deployments" USING btree ("procedure_id",lower("version"));--> statement-breakpoint
CREATE INDEX "first_attempts_station" ON "first_attempts" USING btree ("procedure_id","station_id","started_at");--> statement-breakpoint
CREATE INDEX "pickups_station" ON "pickups" USING btree ("procedure_id","station_id","from_at");--> statement-breakpoint
CREATE UNIQUE INDEX "pins_current" ON "pins" USING btree ("procedure_id","station_id") WHERE to_at is null;--> statement-breakpoint
CREATE INDEX "pins_station" ON "pins" USING btree ("station_id") WHERE to_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "procedures_name" ON "procedures" USING btree (lower("name"));--> statement-breakpoint
CREATE INDEX "rollout_stations_station" ON "rollout_stations" USING btree ("station_id");--> statement-breakpoint
CREATE UNIQUE INDEX "rollouts_one_live" ON "rollouts" USING btree ("procedure_id") WHERE status in ('pending', 'active', 'paused');--> statement-breakpoint
CREATE INDEX "rollouts_procedure" ON "rollouts" USING btree ("procedure_id","created_at");--> statement-breakpoint
CREATE INDEX "rollouts_live" ON "rollouts" USING btree ("status") WHERE status in ('pending', 'active', 'paused', 'aborting');--> statement-breakpoint
CREATE INDEX "runs_unit" ON "runs" USING btree ("procedure_id","unit","started_at");--> statement-breakpoint
CREATE INDEX "runs_station" ON "runs" USING btree ("procedure_id","station_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_deployment" ON "runs" USING btree ("procedure_id","deployment_id","started_at");--> statement-breakpoint
CREATE INDEX "station_procedures_station" ON "station_procedures" USING btree ("station_id");--> statement-breakpoint
CREATE UNIQUE INDEX "stations_name" ON "stations" USING btree (lower("name"));--> statement-breakpoint
CREATE UNIQUE INDEX "stations_key" ON "stations" USING btree ("key_hash");