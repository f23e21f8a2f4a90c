CREATE TABLE "tofupilot_deployments" (
	"deployment_id" uuid PRIMARY KEY NOT NULL,
	"procedure_id" uuid NOT NULL,
	"foreign_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tofupilot_pins" (
	"procedure_id" uuid NOT NULL,
	"station_id" uuid NOT NULL,
	"taken" uuid,
	"taken_at" timestamp (6) with time zone,
	"held_until" timestamp (6) with time zone,
	"stray_until" timestamp (6) with time zone,
	"again_at" timestamp (6) with time zone,
	"tried" uuid,
	"tries" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp (6) with time zone,
	"error" text,
	"found_sha" text,
	"found_since" timestamp (6) with time zone,
	"found_at" timestamp (6) with time zone,
	CONSTRAINT "tofupilot_pins_procedure_id_station_id_pk" PRIMARY KEY("procedure_id","station_id")
);
--> statement-breakpoint
CREATE TABLE "tofupilot_procedures" (
	"procedure_id" uuid PRIMARY KEY NOT NULL,
	"foreign_id" text NOT NULL,
	"linked_at" timestamp (6) with time zone NOT NULL,
	"linked_by" jsonb NOT NULL,
	"read_through" timestamp (6) with time zone,
	"read_at" timestamp (6) with time zone,
	"heard_until" timestamp (6) with time zone,
	"looked_at" timestamp (6) with time zone,
	"failing_since" timestamp (6) with time zone,
	"error" text,
	"passed_over" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tofupilot_stations" (
	"station_id" uuid PRIMARY KEY NOT NULL,
	"foreign_id" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "tofupilot_deployments" ADD CONSTRAINT "tofupilot_deployments_deployment_id_deployments_id_fk" FOREIGN KEY ("deployment_id") REFERENCES "public"."deployments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tofupilot_procedures" ADD CONSTRAINT "tofupilot_procedures_procedure_id_procedures_id_fk" FOREIGN KEY ("procedure_id") REFERENCES "public"."procedures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tofupilot_stations" ADD CONSTRAINT "tofupilot_stations_station_id_stations_id_fk" FOREIGN KEY ("station_id") REFERENCES "public"."stations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "tofupilot_deployments_foreign" ON "tofupilot_deployments" USING btree ("foreign_id");--> statement-breakpoint
CREATE INDEX "tofupilot_deployments_procedure" ON "tofupilot_deployments" USING btree ("procedure_id");--> statement-breakpoint
CREATE UNIQUE INDEX "tofupilot_procedures_foreign" ON "tofupilot_procedures" USING btree ("foreign_id");--> statement-breakpoint
CREATE UNIQUE INDEX "tofupilot_stations_foreign" ON "tofupilot_stations" USING btree ("foreign_id");