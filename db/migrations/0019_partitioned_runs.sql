-- Written by hand: drizzle knows nothing of partitions. Its picture of the schema is the same before and after.
-- The present table becomes the first partition as it is: nothing is copied, and its indexes become those of the whole.
-- It ends three months from now: by then it has been seen how many runs there are (db/run-partitions.ts).
ALTER TABLE "runs" RENAME TO "runs_first";--> statement-breakpoint
ALTER TABLE "runs_first" RENAME CONSTRAINT "runs_procedure_id_id_pk" TO "runs_first_pk";--> statement-breakpoint
ALTER INDEX "runs_unit" RENAME TO "runs_first_unit";--> statement-breakpoint
ALTER INDEX "runs_station" RENAME TO "runs_first_station";--> statement-breakpoint
ALTER INDEX "runs_deployment" RENAME TO "runs_first_deployment";--> statement-breakpoint
ALTER INDEX "runs_failure_mode" RENAME TO "runs_first_failure_mode";--> statement-breakpoint
ALTER INDEX "runs_failed" RENAME TO "runs_first_failed";--> statement-breakpoint
ALTER INDEX "runs_sample" RENAME TO "runs_first_sample";--> statement-breakpoint
ALTER INDEX "runs_shadow" RENAME TO "runs_first_shadow";--> statement-breakpoint
CREATE TABLE "runs" (LIKE "runs_first" INCLUDING DEFAULTS) PARTITION BY RANGE ("id");--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_procedure_id_id_pk" PRIMARY KEY ("procedure_id","id");--> statement-breakpoint
CREATE INDEX "runs_unit" ON "runs" USING btree ("procedure_id","unit","started_at");--> statement-breakpoint
CREATE INDEX "runs_station" ON "runs" USING btree ("procedure_id","station_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_deployment" ON "runs" USING btree ("procedure_id","deployment_id","started_at");--> statement-breakpoint
CREATE INDEX "runs_failure_mode" ON "runs" USING btree ("procedure_id","failure_mode","deployment_id") WHERE failure_mode is not null;--> statement-breakpoint
CREATE INDEX "runs_failed" ON "runs" USING btree ("procedure_id","deployment_id","started_at") WHERE failure_mode is not null;--> statement-breakpoint
CREATE INDEX "runs_sample" ON "runs" USING btree ("procedure_id","started_at") WHERE sample is not null;--> statement-breakpoint
CREATE INDEX "runs_shadow" ON "runs" USING btree ("procedure_id","deployment_id","started_at") WHERE shadow;--> statement-breakpoint
CREATE TABLE "runs_other" PARTITION OF "runs" DEFAULT;--> statement-breakpoint
DO $$
DECLARE
  bound uuid := (lpad(to_hex((extract(epoch from date_trunc('month', now() at time zone 'UTC') + interval '3 months') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
BEGIN
  WITH later AS (DELETE FROM "runs_first" WHERE "id" >= bound RETURNING *) INSERT INTO "runs_other" SELECT * FROM later;
  EXECUTE format('ALTER TABLE "runs" ATTACH PARTITION "runs_first" FOR VALUES FROM (MINVALUE) TO (%L)', bound);
END $$;
