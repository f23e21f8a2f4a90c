// Whether this machine has a program that a test needs and the project does not bring along.
import { spawnSync } from 'node:child_process'

/** @param question what it is asked, and answers without a fault */
export function isHere(program: string, ...question: string[]): boolean {
  return spawnSync(program, question, { stdio: 'ignore' }).status === 0
}
