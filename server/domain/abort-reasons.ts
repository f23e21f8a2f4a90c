// Why a rollout is stopped, to choose from: the first is chosen beforehand, since stopping must not wait for words.

export const abortReasons = [
  'Stopped first, the reason follows',
  'More false fails than on base',
  'Bad units may be passing',
  'Errors or timeouts',
  'Too slow',
  'Wrong build or wrong stations',
] as const

/** Own words replace the choice that was made beforehand, and explain one that was made by hand. */
export function abortReason(choice: string | undefined, written: string): string {
  if (choice === undefined || written === '') return choice ?? written
  return choice === abortReasons[0] ? written : `${choice}: ${written}`
}
