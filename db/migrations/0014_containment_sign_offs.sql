CREATE TABLE "containment_sign_offs" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "containment_sign_offs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"by" jsonb NOT NULL,
	"at" timestamp (6) with time zone NOT NULL,
	"note" text NOT NULL,
	"units" integer NOT NULL,
	"passed" integer NOT NULL,
	"failed" integer NOT NULL,
	"open" integer NOT NULL,
	"digest" text NOT NULL,
	CONSTRAINT "containment_sign_offs_procedure_id_rollout_id_id_pk" PRIMARY KEY("procedure_id","rollout_id","id")
);
--> statement-breakpoint
ALTER TABLE "containment_sign_offs" ADD CONSTRAINT "containment_sign_offs_rollout_id_rollouts_id_fk" FOREIGN KEY ("rollout_id") REFERENCES "public"."rollouts"("id") ON DELETE no action ON UPDATE no action;