// The repository that the builds of a procedure come from, as a body names it.
import { z } from 'zod'
import { words } from './words.ts'

const part = z
  .string()
  .trim()
  .regex(/^[\w.-]{1,100}$/, 'expected letters, digits, dots, hyphens and underscores alone')
export const repository = z.strictObject({
  owner: z
    .string()
    .trim()
    .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'expected the owner alone, such as acme')
    .max(200),
  name: part,
  provider: z.enum(['github', 'gitlab']).default('github'),
  gitlab_project_id: words(100).nullable().default(null),
  path: words(500)
    .default('')
    .transform((text) => text.replaceAll('\\', '/').replace(/^[./]+|\/+$/g, ''))
    .describe('The folder of a shared repository whose changes are this procedure’s; empty: all of it.'),
})
