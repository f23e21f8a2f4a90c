CREATE TABLE "replays" (
	"procedure_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "replays_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"asked" jsonb NOT NULL,
	"by" jsonb NOT NULL,
	"started_at" timestamp (6) with time zone NOT NULL,
	"progress" double precision DEFAULT 0 NOT NULL,
	"touched_at" timestamp (6) with time zone NOT NULL,
	"ended_at" timestamp (6) with time zone,
	"result" jsonb,
	"failed_why" text,
	CONSTRAINT "replays_procedure_id_id_pk" PRIMARY KEY("procedure_id","id")
);
--> statement-breakpoint
ALTER TABLE "replays" ADD CONSTRAINT "replays_procedure_id_procedures_id_fk" FOREIGN KEY ("procedure_id") REFERENCES "public"."procedures"("id") ON DELETE no action ON UPDATE no action;