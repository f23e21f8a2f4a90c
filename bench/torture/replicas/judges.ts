// A witness in the database of this torture alone: when each judging of a rollout began, and when it was committed.
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../db/client.ts'

/** Triggers write down each judging; rollouts are marked as judged at the beginning of it, while their row is held. */
export async function watchJudges(db: Db): Promise<void> {
  await db.execute(sql`create table torture_judgings (
    rollout_id uuid not null, judge xid8 not null, began_at timestamptz not null, ended_at timestamptz,
    primary key (rollout_id, judge))`)
  await db.execute(sql`create function torture_began() returns trigger language plpgsql as $$ begin
    insert into torture_judgings (rollout_id, judge, began_at) values (new.id, pg_current_xact_id(), clock_timestamp())
      on conflict do nothing;
    return new; end $$`)
  await db.execute(sql`create function torture_ended() returns trigger language plpgsql as $$ begin
    update torture_judgings set ended_at = clock_timestamp() where rollout_id = new.id and judge = pg_current_xact_id();
    return null; end $$`)
  await db.execute(sql`create trigger torture_began before update of judged_at on rollouts
    for each row execute function torture_began()`)
  await db.execute(sql`create constraint trigger torture_ended after update of judged_at on rollouts
    deferrable initially deferred for each row execute function torture_ended()`)
}

export async function judgings(db: Db): Promise<{ judgings: number; atOnce: string[] }> {
  const [all] = await rows<{ count: number }>(db, sql`select count(*)::int as count from torture_judgings`)
  const found = await rows<{ seen: string }>(
    db,
    sql`select 'rollout ' || a.rollout_id || ' by ' || a.judge || ' and ' || b.judge || ' at ' || b.began_at as seen
        from torture_judgings a join torture_judgings b on b.rollout_id = a.rollout_id and b.judge <> a.judge
          and b.began_at >= a.began_at and b.began_at < a.ended_at`,
  )
  return { judgings: all?.count ?? 0, atOnce: found.map(({ seen }) => seen) }
}
