CREATE TABLE "access_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "access_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"type" text NOT NULL,
	"body" jsonb NOT NULL,
	"by" jsonb NOT NULL,
	"why" text,
	"at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_token_secrets" (
	"hash" text PRIMARY KEY NOT NULL,
	"token_id" uuid NOT NULL,
	"prefix" text NOT NULL,
	"created_at" timestamp (6) with time zone NOT NULL,
	"ends_at" timestamp (6) with time zone,
	"last_used_at" timestamp (6) with time zone
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"scopes" jsonb NOT NULL,
	"procedures" jsonb,
	"created_at" timestamp (6) with time zone NOT NULL,
	"created_by" jsonb NOT NULL,
	"ends_at" timestamp (6) with time zone,
	"revoked_at" timestamp (6) with time zone,
	"revoked_why" text
);
--> statement-breakpoint
ALTER TABLE "api_token_secrets" ADD CONSTRAINT "api_token_secrets_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_token_secrets_token" ON "api_token_secrets" USING btree ("token_id");--> statement-breakpoint
CREATE UNIQUE INDEX "api_tokens_name" ON "api_tokens" USING btree (lower("name")) WHERE revoked_at is null;