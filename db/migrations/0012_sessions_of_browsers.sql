CREATE TABLE "sessions" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"rollout_id" uuid,
	"person" jsonb,
	"created_at" timestamp (6) with time zone NOT NULL,
	"expires_at" timestamp (6) with time zone NOT NULL,
	"ended_at" timestamp (6) with time zone
);
--> statement-breakpoint
CREATE INDEX "sessions_by_expiry" ON "sessions" USING btree ("expires_at");