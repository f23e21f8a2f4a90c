// What the button of an alarm's message carries: which message, as ids. Never authority; anyone could have made it up.
import { type ProcedureId, procedureId } from '../server/domain/ids.ts'
import { type AlarmGroup, alarmKind } from '../server/domain/station-alarms/alarm.ts'
import { readObject } from './button-value.ts'

export type AlarmsValue = AlarmGroup & { procedureId: ProcedureId }

export function alarmsValue({ procedureId: id, kind, openedAt }: AlarmsValue): string {
  return JSON.stringify({ p: id, k: kind, o: openedAt })
}

export function readAlarmsValue(text: string | undefined): AlarmsValue | null {
  const fields = readObject(text)
  const procedure = procedureId.safeParse(fields.p)
  const kind = alarmKind.safeParse(fields.k)
  if (!procedure.success || !kind.success || typeof fields.o !== 'number') return null
  return { procedureId: procedure.data, kind: kind.data, openedAt: fields.o }
}
