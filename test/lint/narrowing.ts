// Statements of a migration after which the version before it may fail: what it reads or writes is gone or is refused.

/** Of what may stand in a migration without a second thought; whatever is neither this nor on a new table narrows. */
const expanding = [
  /^create table /i,
  /^create index /i,
  /^alter table \S+ add column \S+ (?!.*\bnot null\b)/i,
  /^alter table \S+ add column .*\bdefault\b/i,
  /^alter table \S+ alter column \S+ drop not null$/i,
  /^alter table \S+ alter column \S+ set default /i,
  // What is done beside what a version writes, and the refusal to change the record, which no version has ever done.
  /^create function /i,
  /^create (constraint )?trigger \S+ after insert /i,
  /^create trigger append_only before update or delete or truncate /i,
  // For as long as a migration takes; writers wait.
  /^lock table /i,
  /^select \w+\(\)$/i,
]
const onTable =
  /^(?:alter table|create trigger \S+ before .* on|create (?:unique )?index \S+ on|insert into|update|delete from) (?:only )?"?([\w]+)"?/i

export function narrowing(migration: string): string[] {
  const statements = migration
    .replace(/--> statement-breakpoint/g, '\u0000')
    .replace(/^\s*--.*$/gm, '')
    .split('\u0000')
    .map((each) => each.replace(/\s+/g, ' ').trim().replace(/;$/, ''))
    .filter((each) => each !== '')
  const made = new Set(
    statements.flatMap((each) => each.match(/^create table (?:if not exists )?"?(\w+)"?/i)?.[1] ?? []),
  )
  return statements.filter((each) => {
    const table = onTable.exec(each)?.[1]
    const isNew = table !== undefined && made.has(table)
    return !isNew && !expanding.some((form) => form.test(each))
  })
}
