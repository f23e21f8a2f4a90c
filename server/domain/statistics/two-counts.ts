/** Bad of all runs in two arms. */
export type TwoCounts = {
  readonly bad1: number
  readonly runs1: number
  readonly bad2: number
  readonly runs2: number
}
