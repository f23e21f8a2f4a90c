// Reads fields of the service's answers.
import { isJson, type Json } from './api.ts'

export function text(answer: Json, field: string): string {
  const value = answer[field]
  return value === undefined || value === null ? '' : String(value)
}

export function object(answer: Json, field: string): Json {
  const value = answer[field]
  return isJson(value) ? value : {}
}

export function list(answer: Json, field: string): Json[] {
  const value = answer[field]
  return Array.isArray(value) ? value.filter(isJson) : []
}

export function texts(answer: Json, field: string): string[] {
  const value = answer[field]
  return Array.isArray(value) ? value.map(String) : []
}
