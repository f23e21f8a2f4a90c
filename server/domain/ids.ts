// Branded ids: a station id can never stand where a rollout id is meant. Parsed once, at the edge.
import { z } from 'zod'

const id = <Name extends string>(_name: Name) => z.uuid().toLowerCase().brand<Name>()

export const procedureId = id('ProcedureId')
export const deploymentId = id('DeploymentId')
export const stationId = id('StationId')
export const rolloutId = id('RolloutId')
export const runId = id('RunId')
export const apiTokenId = id('ApiTokenId')
export const webhookId = id('WebhookId')
export const webhookMessageId = id('WebhookMessageId')

export type ProcedureId = z.infer<typeof procedureId>
export type DeploymentId = z.infer<typeof deploymentId>
export type StationId = z.infer<typeof stationId>
export type RolloutId = z.infer<typeof rolloutId>
export type RunId = z.infer<typeof runId>
export type ApiTokenId = z.infer<typeof apiTokenId>
export type WebhookId = z.infer<typeof webhookId>
export type WebhookMessageId = z.infer<typeof webhookMessageId>
