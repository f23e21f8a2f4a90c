ALTER TABLE "containment_sign_offs" DROP CONSTRAINT "containment_sign_offs_rollout_id_rollouts_id_fk";
--> statement-breakpoint
ALTER TABLE "events" DROP CONSTRAINT "events_rollout_id_rollouts_id_fk";
--> statement-breakpoint
ALTER TABLE "retests" DROP CONSTRAINT "retests_rollout_id_rollouts_id_fk";
--> statement-breakpoint
ALTER TABLE "rollout_stations" DROP CONSTRAINT "rollout_stations_rollout_id_rollouts_id_fk";
--> statement-breakpoint
ALTER TABLE "verdicts" DROP CONSTRAINT "verdicts_rollout_id_rollouts_id_fk";
--> statement-breakpoint
ALTER TABLE "rollouts" DROP CONSTRAINT "rollouts_pkey";--> statement-breakpoint
ALTER TABLE "rollouts" ADD CONSTRAINT "rollouts_id_procedure_id_pk" PRIMARY KEY("id","procedure_id");--> statement-breakpoint
ALTER TABLE "containment_sign_offs" ADD CONSTRAINT "containment_sign_offs_rollout" FOREIGN KEY ("procedure_id","rollout_id") REFERENCES "public"."rollouts"("procedure_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_rollout" FOREIGN KEY ("procedure_id","rollout_id") REFERENCES "public"."rollouts"("procedure_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retests" ADD CONSTRAINT "retests_rollout" FOREIGN KEY ("procedure_id","rollout_id") REFERENCES "public"."rollouts"("procedure_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_stations" ADD CONSTRAINT "rollout_stations_rollout" FOREIGN KEY ("procedure_id","rollout_id") REFERENCES "public"."rollouts"("procedure_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verdicts" ADD CONSTRAINT "verdicts_rollout" FOREIGN KEY ("procedure_id","rollout_id") REFERENCES "public"."rollouts"("procedure_id","id") ON DELETE no action ON UPDATE no action;