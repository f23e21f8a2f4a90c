// All commands, in the order in which the help lists them.
import { audit } from './audit.ts'
import type { Command } from './command.ts'
import { completion } from './completion.ts'
import { login } from './config/login.ts'
import { logout } from './config/logout.ts'
import { show as showConfig } from './config/show.ts'
import { use as useConfig } from './config/use.ts'
import { containment } from './containment.ts'
import { list } from './deploy/list.ts'
import { log } from './deploy/log.ts'
import { promote } from './deploy/promote.ts'
import { register } from './deploy/register.ts'
import { status } from './deploy/status.ts'
import { list as listKeys } from './keys/list.ts'
import { make, rotate as rotateKey } from './keys/make.ts'
import { revoke as revokeKey } from './keys/revoke.ts'
import { preview } from './preview.ts'
import { replay } from './replay.ts'
import { retry, rollback } from './rollout/again-and-back.ts'
import { abort, advance, approve, pause, resume, set, undo } from './rollout/decide.ts'
import { freeze, unfreeze } from './rollout/freeze.ts'
import { history, list as listRollouts, status as rolloutStatus, why } from './rollout/look.ts'
import { retest } from './rollout/retest.ts'
import { acknowledge, waive } from './rollout/settle.ts'
import { start, supersede } from './rollout/start.ts'
import { watch } from './rollout/watch.ts'
import { deleteRuns } from './runs/delete.ts'
import { list as listStations } from './stations/list.ts'
import { show } from './stations/show.ts'
import { create } from './tokens/create.ts'
import { list as listTokens } from './tokens/list.ts'
import { revoke } from './tokens/revoke.ts'
import { rotate } from './tokens/rotate.ts'

export const commands: Command[] = [
  ...[register, status, promote, list, log],
  ...[start, watch, rolloutStatus, listRollouts, why, history],
  ...[advance, approve, set, resume, undo, pause, abort],
  ...[rollback, retry, supersede, acknowledge, waive, retest, freeze, unfreeze],
  ...[preview, replay, containment, audit],
  ...[listStations, show, listKeys, make, rotateKey, revokeKey],
  ...[listTokens, create, rotate, revoke],
  deleteRuns,
  ...[login, logout, showConfig, useConfig],
  completion(() => commands),
]
