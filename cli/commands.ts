// All commands, in the order in which the help lists them.
import type { Command } from './command.ts'
import { login } from './config/login.ts'
import { logout } from './config/logout.ts'
import { show as showConfig } from './config/show.ts'
import { use as useConfig } from './config/use.ts'
import { list } from './deploy/list.ts'
import { log } from './deploy/log.ts'
import { promote } from './deploy/promote.ts'
import { register } from './deploy/register.ts'
import { status } from './deploy/status.ts'
import { deleteRuns } from './runs/delete.ts'
import { create } from './tokens/create.ts'
import { list as listTokens } from './tokens/list.ts'
import { revoke } from './tokens/revoke.ts'
import { rotate } from './tokens/rotate.ts'

export const commands: Command[] = [
  ...[register, status, promote, list, log],
  ...[listTokens, create, rotate, revoke],
  deleteRuns,
  ...[login, logout, showConfig, useConfig],
]
