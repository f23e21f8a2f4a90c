// Fails when the schema has changed and no migration says so: generating one must find nothing to do.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const copy = mkdtempSync(join(tmpdir(), 'firstpass-drift-'))
try {
  for (const part of ['db', 'server', 'drizzle.config.ts', 'package.json', 'tsconfig.json'])
    cpSync(part, join(copy, part), { recursive: true })
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  execFileSync('drizzle-kit', ['generate'], { cwd: copy, stdio: 'ignore' })
  const known = new Set(readdirSync('db/migrations'))
  const missing = readdirSync(join(copy, 'db/migrations')).filter((file) => !known.has(file))
  if (missing.length > 0) {
    process.stderr.write(
      'db/schema has changed, and no migration says so. Run: npm run db:generate -- --name what_changed\n',
    )
    process.exitCode = 1
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
