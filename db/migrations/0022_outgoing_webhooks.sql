CREATE TABLE "webhook_endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"description" text NOT NULL,
	"events" jsonb NOT NULL,
	"procedures" jsonb,
	"sealed_secret" text NOT NULL,
	"sealed_former" text,
	"former_ends_at" timestamp (6) with time zone,
	"created_at" timestamp (6) with time zone NOT NULL,
	"created_by" jsonb NOT NULL,
	"last_taken_at" timestamp (6) with time zone,
	"failing_since" timestamp (6) with time zone,
	"disabled_at" timestamp (6) with time zone,
	"disabled_why" text,
	"ended_at" timestamp (6) with time zone
);
--> statement-breakpoint
CREATE TABLE "webhook_messages" (
	"number" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "webhook_messages_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"type" text NOT NULL,
	"source" text NOT NULL,
	"procedure_id" uuid,
	"owner" text NOT NULL,
	"item" bigint NOT NULL,
	"at" timestamp (6) with time zone NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp (6) with time zone,
	"last_attempt_at" timestamp (6) with time zone,
	"last_status" integer,
	"last_error" text
);
--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_messages_id" ON "webhook_messages" USING btree ("id");--> statement-breakpoint
CREATE INDEX "webhook_messages_due" ON "webhook_messages" USING btree ("endpoint_id","next_at") WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX "webhook_messages_endpoint" ON "webhook_messages" USING btree ("endpoint_id","number");--> statement-breakpoint
CREATE INDEX "webhook_messages_at" ON "webhook_messages" USING btree ("at");--> statement-breakpoint
-- The words of the record as types of webhooks: RolloutStarted of a rollout is rollout.started, 'key made' station.key_made.
CREATE FUNCTION webhook_type(of_what text, named text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT of_what || '.' || regexp_replace(
    lower(regexp_replace(regexp_replace(named, '([a-z])([A-Z])', '\1_\2', 'g'), '[^A-Za-z]+', '_', 'g')),
    '^' || of_what || '_', '')
$$;
--> statement-breakpoint
-- Whoever asked for it hears of it, in the transaction of the event. Nothing is written, and nothing announced, for nobody.
CREATE FUNCTION webhook_queue(told text, table_name text, procedure uuid, owner_id text, item_id bigint, happened timestamptz)
RETURNS void LANGUAGE sql AS $$
  WITH added AS (
    INSERT INTO webhook_messages (endpoint_id, type, source, procedure_id, owner, item, at, next_at)
    SELECT e.id, told, table_name, procedure, owner_id, item_id, happened, happened FROM webhook_endpoints e
    WHERE e.ended_at IS NULL AND e.disabled_at IS NULL
      AND (jsonb_exists(e.events, '*') OR jsonb_exists(e.events, told)
        OR jsonb_exists(e.events, split_part(told, '.', 1) || '.*'))
      AND (e.procedures IS NULL OR (procedure IS NOT NULL AND jsonb_exists(e.procedures, procedure::text)))
    RETURNING endpoint_id)
  SELECT pg_notify('firstpass_webhooks', endpoint_id::text) FROM added
$$;
--> statement-breakpoint
CREATE FUNCTION webhook_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM webhook_endpoints) THEN
    PERFORM webhook_queue(webhook_type('rollout', r.type), 'events', r.procedure_id, r.rollout_id::text, r.sequence, r.at)
    FROM added r ORDER BY r.sequence;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION webhook_procedure_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM webhook_queue(webhook_type('procedure', r.type), 'procedure_events', r.procedure_id, '', r.id, r.at) FROM added r ORDER BY r.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION webhook_containment_sign_offs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM webhook_queue('containment.signed_off', 'containment_sign_offs', r.procedure_id, r.rollout_id::text, r.id, r.at) FROM added r ORDER BY r.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION webhook_policies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM webhook_queue('policy.changed', 'policies', CASE r.scope WHEN 'organisation' THEN NULL ELSE r.scope::uuid END, r.scope, r.version, r.at) FROM added r ORDER BY r.version;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION webhook_station_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM webhook_queue(webhook_type('station', r.type), 'station_events', NULL, r.station_id::text, r.id, r.at) FROM added r ORDER BY r.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION webhook_access_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM webhook_queue(webhook_type('access', r.type), 'access_events', NULL, '', r.id, r.at) FROM added r ORDER BY r.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION webhook_station_alarms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM webhook_queue('alarm.opened', 'station_alarms', NEW.procedure_id, NEW.station_id::text, NEW.id, NEW.opened_at);
  ELSIF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL THEN
    PERFORM webhook_queue('alarm.closed', 'station_alarms', NEW.procedure_id, NEW.station_id::text, NEW.id, NEW.closed_at);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER webhook_events AFTER INSERT ON events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION webhook_events();
--> statement-breakpoint
CREATE TRIGGER webhook_procedure_events AFTER INSERT ON procedure_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION webhook_procedure_events();
--> statement-breakpoint
CREATE TRIGGER webhook_containment_sign_offs AFTER INSERT ON containment_sign_offs REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION webhook_containment_sign_offs();
--> statement-breakpoint
CREATE TRIGGER webhook_policies AFTER INSERT ON policies REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION webhook_policies();
--> statement-breakpoint
CREATE TRIGGER webhook_station_events AFTER INSERT ON station_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION webhook_station_events();
--> statement-breakpoint
CREATE TRIGGER webhook_access_events AFTER INSERT ON access_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION webhook_access_events();
--> statement-breakpoint
CREATE TRIGGER webhook_station_alarms AFTER INSERT OR UPDATE ON station_alarms FOR EACH ROW EXECUTE FUNCTION webhook_station_alarms();
