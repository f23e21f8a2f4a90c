CREATE TABLE "audit_chains" (
	"procedure_id" uuid PRIMARY KEY NOT NULL,
	"length" bigint NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"procedure_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "audit_entries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"owner" text NOT NULL,
	"item" bigint NOT NULL,
	"digest" text NOT NULL,
	"number" bigint,
	"hash" text,
	CONSTRAINT "audit_entries_procedure_id_id_pk" PRIMARY KEY("procedure_id","id"),
	CONSTRAINT "audit_entries_number" UNIQUE("procedure_id","number"),
	CONSTRAINT "audit_entries_of" UNIQUE("procedure_id","source","owner","item")
);
--> statement-breakpoint
CREATE INDEX "audit_entries_new" ON "audit_entries" USING btree ("procedure_id","id") WHERE hash is null;--> statement-breakpoint
-- Gives numbers and hashes to what the transaction has added, at its end: the locks of chains are the last that it takes, in
-- their order, and are held only while it commits.
CREATE FUNCTION audit_chain_new() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  chain record;
  entry record;
  place bigint;
  head text;
BEGIN
  FOR chain IN SELECT DISTINCT procedure_id FROM audit_entries WHERE hash IS NULL ORDER BY procedure_id LOOP
    INSERT INTO audit_chains (procedure_id, length, hash) VALUES (chain.procedure_id, 0, chain.procedure_id::text)
      ON CONFLICT DO NOTHING;
    SELECT c.length, c.hash INTO place, head FROM audit_chains c WHERE c.procedure_id = chain.procedure_id FOR UPDATE;
    FOR entry IN SELECT * FROM audit_entries WHERE procedure_id = chain.procedure_id AND hash IS NULL ORDER BY id LOOP
      place := place + 1;
      head := encode(sha256(convert_to(concat_ws(' ', head, place, entry.source, entry.owner, entry.item, entry.digest), 'UTF8')), 'hex');
      UPDATE audit_entries SET number = place, hash = head WHERE procedure_id = entry.procedure_id AND id = entry.id;
    END LOOP;
    UPDATE audit_chains c SET length = place, hash = head WHERE c.procedure_id = chain.procedure_id;
  END LOOP;
END $$;
--> statement-breakpoint
-- Fires once for each entry; the first of a transaction does it for all.
CREATE FUNCTION audit_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM audit_entries WHERE procedure_id = NEW.procedure_id AND id = NEW.id AND hash IS NULL) THEN
    PERFORM audit_chain_new();
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION audit_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entries (procedure_id, source, owner, item, digest)
  SELECT r.procedure_id, 'events', r.rollout_id::text, r.sequence::bigint, encode(sha256(convert_to(jsonb_build_object('table', 'events', 'rollout', r.rollout_id, 'sequence', r.sequence, 'type', r.type, 'body', r.body, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex')
  FROM added r ORDER BY r.sequence::bigint;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION audit_verdicts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entries (procedure_id, source, owner, item, digest)
  SELECT r.procedure_id, 'verdicts', r.rollout_id::text, r.id, encode(sha256(convert_to(jsonb_build_object('table', 'verdicts', 'rollout', r.rollout_id, 'id', r.id, 'verdict', r.verdict, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex')
  FROM added r ORDER BY r.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION audit_verdict_inputs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entries (procedure_id, source, owner, item, digest)
  SELECT r.procedure_id, 'verdict_inputs', r.rollout_id::text, r.verdict_id, encode(sha256(convert_to(jsonb_build_object('table', 'verdict_inputs', 'rollout', r.rollout_id, 'verdict', r.verdict_id, 'fixed', r.fixed_digest, 'digest', r.digest)::text, 'UTF8')), 'hex')
  FROM added r ORDER BY r.verdict_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION audit_procedure_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entries (procedure_id, source, owner, item, digest)
  SELECT r.procedure_id, 'procedure_events', '', r.id, encode(sha256(convert_to(jsonb_build_object('table', 'procedure_events', 'procedure', r.procedure_id, 'id', r.id, 'type', r.type, 'body', r.body, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex')
  FROM added r ORDER BY r.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION audit_containment_sign_offs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entries (procedure_id, source, owner, item, digest)
  SELECT r.procedure_id, 'containment_sign_offs', r.rollout_id::text, r.id, encode(sha256(convert_to(jsonb_build_object('table', 'containment_sign_offs', 'rollout', r.rollout_id, 'id', r.id, 'by', r.by, 'note', r.note, 'units', r.units, 'passed', r.passed, 'failed', r.failed, 'open', r.open, 'digest', r.digest, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex')
  FROM added r ORDER BY r.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION audit_policies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entries (procedure_id, source, owner, item, digest)
  SELECT case r.scope when 'organisation' then '00000000-0000-0000-0000-000000000000'::uuid else r.scope::uuid end, 'policies', r.scope, r.version::bigint, encode(sha256(convert_to(jsonb_build_object('table', 'policies', 'scope', r.scope, 'version', r.version, 'body', r.body, 'by', r.by, 'why', r.why, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex')
  FROM added r ORDER BY r.version::bigint;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION audit_station_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entries (procedure_id, source, owner, item, digest)
  SELECT '00000000-0000-0000-0000-000000000000'::uuid, 'station_events', r.station_id::text, r.id, encode(sha256(convert_to(jsonb_build_object('table', 'station_events', 'station', r.station_id, 'id', r.id, 'type', r.type, 'body', r.body, 'by', r.by, 'why', r.why, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex')
  FROM added r ORDER BY r.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION audit_access_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_entries (procedure_id, source, owner, item, digest)
  SELECT '00000000-0000-0000-0000-000000000000'::uuid, 'access_events', '', r.id, encode(sha256(convert_to(jsonb_build_object('table', 'access_events', 'id', r.id, 'type', r.type, 'body', r.body, 'by', r.by, 'why', r.why, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex')
  FROM added r ORDER BY r.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- A replica of the former version may be writing: what it adds waits until the triggers are there.
LOCK TABLE events, verdicts, verdict_inputs, procedure_events, containment_sign_offs, policies, station_events, access_events
  IN SHARE ROW EXCLUSIVE MODE;
--> statement-breakpoint
-- What is on record already becomes the beginning of its chains, in the order of its time.
INSERT INTO audit_entries (procedure_id, source, owner, item, digest)
SELECT chain, source, owner, item, digest FROM (
  SELECT r.procedure_id AS chain, 'events' AS source, r.rollout_id::text AS owner, r.sequence::bigint AS item, encode(sha256(convert_to(jsonb_build_object('table', 'events', 'rollout', r.rollout_id, 'sequence', r.sequence, 'type', r.type, 'body', r.body, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex') AS digest, r.at AS at FROM events r
  UNION ALL
  SELECT r.procedure_id AS chain, 'verdicts' AS source, r.rollout_id::text AS owner, r.id AS item, encode(sha256(convert_to(jsonb_build_object('table', 'verdicts', 'rollout', r.rollout_id, 'id', r.id, 'verdict', r.verdict, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex') AS digest, r.at AS at FROM verdicts r
  UNION ALL
  SELECT r.procedure_id AS chain, 'verdict_inputs' AS source, r.rollout_id::text AS owner, r.verdict_id AS item, encode(sha256(convert_to(jsonb_build_object('table', 'verdict_inputs', 'rollout', r.rollout_id, 'verdict', r.verdict_id, 'fixed', r.fixed_digest, 'digest', r.digest)::text, 'UTF8')), 'hex') AS digest, (SELECT v.at FROM verdicts v WHERE v.procedure_id = r.procedure_id AND v.rollout_id = r.rollout_id AND v.id = r.verdict_id) AS at FROM verdict_inputs r
  UNION ALL
  SELECT r.procedure_id AS chain, 'procedure_events' AS source, '' AS owner, r.id AS item, encode(sha256(convert_to(jsonb_build_object('table', 'procedure_events', 'procedure', r.procedure_id, 'id', r.id, 'type', r.type, 'body', r.body, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex') AS digest, r.at AS at FROM procedure_events r
  UNION ALL
  SELECT r.procedure_id AS chain, 'containment_sign_offs' AS source, r.rollout_id::text AS owner, r.id AS item, encode(sha256(convert_to(jsonb_build_object('table', 'containment_sign_offs', 'rollout', r.rollout_id, 'id', r.id, 'by', r.by, 'note', r.note, 'units', r.units, 'passed', r.passed, 'failed', r.failed, 'open', r.open, 'digest', r.digest, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex') AS digest, r.at AS at FROM containment_sign_offs r
  UNION ALL
  SELECT case r.scope when 'organisation' then '00000000-0000-0000-0000-000000000000'::uuid else r.scope::uuid end AS chain, 'policies' AS source, r.scope AS owner, r.version::bigint AS item, encode(sha256(convert_to(jsonb_build_object('table', 'policies', 'scope', r.scope, 'version', r.version, 'body', r.body, 'by', r.by, 'why', r.why, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex') AS digest, r.at AS at FROM policies r
  UNION ALL
  SELECT '00000000-0000-0000-0000-000000000000'::uuid AS chain, 'station_events' AS source, r.station_id::text AS owner, r.id AS item, encode(sha256(convert_to(jsonb_build_object('table', 'station_events', 'station', r.station_id, 'id', r.id, 'type', r.type, 'body', r.body, 'by', r.by, 'why', r.why, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex') AS digest, r.at AS at FROM station_events r
  UNION ALL
  SELECT '00000000-0000-0000-0000-000000000000'::uuid AS chain, 'access_events' AS source, '' AS owner, r.id AS item, encode(sha256(convert_to(jsonb_build_object('table', 'access_events', 'id', r.id, 'type', r.type, 'body', r.body, 'by', r.by, 'why', r.why, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text, 'UTF8')), 'hex') AS digest, r.at AS at FROM access_events r
) known ORDER BY chain, at, source, owner, item;
--> statement-breakpoint
SELECT audit_chain_new();
--> statement-breakpoint
CREATE TRIGGER audit_events AFTER INSERT ON events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_events();
--> statement-breakpoint
CREATE TRIGGER audit_verdicts AFTER INSERT ON verdicts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_verdicts();
--> statement-breakpoint
CREATE TRIGGER audit_verdict_inputs AFTER INSERT ON verdict_inputs REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_verdict_inputs();
--> statement-breakpoint
CREATE TRIGGER audit_procedure_events AFTER INSERT ON procedure_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_procedure_events();
--> statement-breakpoint
CREATE TRIGGER audit_containment_sign_offs AFTER INSERT ON containment_sign_offs REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_containment_sign_offs();
--> statement-breakpoint
CREATE TRIGGER audit_policies AFTER INSERT ON policies REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_policies();
--> statement-breakpoint
CREATE TRIGGER audit_station_events AFTER INSERT ON station_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_station_events();
--> statement-breakpoint
CREATE TRIGGER audit_access_events AFTER INSERT ON access_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_access_events();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER audit_at_commit AFTER INSERT ON audit_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_at_commit();
--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is the record: expected rows to be added alone, got %', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation', HINT = 'What is wrong in the record is put right by a further entry.';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON verdicts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON verdict_inputs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON procedure_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON containment_sign_offs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policies FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON station_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON audit_chains FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER numbered_once BEFORE UPDATE ON audit_entries FOR EACH ROW
  WHEN (OLD.hash IS NOT NULL OR (OLD.source, OLD.owner, OLD.item, OLD.digest) IS DISTINCT FROM (NEW.source, NEW.owner, NEW.item, NEW.digest))
  EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER grows_only BEFORE UPDATE ON audit_chains FOR EACH ROW
  WHEN (NEW.length <= OLD.length OR NEW.procedure_id <> OLD.procedure_id) EXECUTE FUNCTION refuse_change();
