CREATE TABLE "verdict_fixed_inputs" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"digest" text NOT NULL,
	"content" "bytea" NOT NULL,
	CONSTRAINT "verdict_fixed_inputs_key" PRIMARY KEY("procedure_id","rollout_id","digest")
);
--> statement-breakpoint
CREATE TABLE "verdict_inputs" (
	"procedure_id" uuid NOT NULL,
	"rollout_id" uuid NOT NULL,
	"verdict_id" bigint NOT NULL,
	"fixed_digest" text NOT NULL,
	"asked" "bytea" NOT NULL,
	"digest" text NOT NULL,
	CONSTRAINT "verdict_inputs_procedure_id_rollout_id_verdict_id_pk" PRIMARY KEY("procedure_id","rollout_id","verdict_id")
);
