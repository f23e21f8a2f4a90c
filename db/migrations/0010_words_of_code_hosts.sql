CREATE TABLE "commit_reports" (
	"repository" text NOT NULL,
	"sha" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"rank" bigint NOT NULL,
	"state" text NOT NULL,
	"body" jsonb NOT NULL,
	"at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "commit_reports_repository_sha_kind_key_pk" PRIMARY KEY("repository","sha","kind","key")
);
--> statement-breakpoint
CREATE INDEX "commit_reports_at" ON "commit_reports" USING btree ("at");