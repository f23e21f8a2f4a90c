INSERT INTO "station_keys" ("hash", "station_id", "prefix", "created_at")
  SELECT "key_hash", "id", "key_prefix", "created_at" FROM "stations";
--> statement-breakpoint
DROP INDEX "stations_key";--> statement-breakpoint
ALTER TABLE "stations" DROP COLUMN "key_hash";--> statement-breakpoint
ALTER TABLE "stations" DROP COLUMN "key_prefix";