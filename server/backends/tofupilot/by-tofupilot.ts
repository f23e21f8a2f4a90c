// Who did what TofuPilot's lists say.
import type { Actor } from '../../domain/actor.ts'

export const byTofupilot: Actor = { kind: 'program', id: 'tofupilot', name: 'TofuPilot', door: 'api' }
