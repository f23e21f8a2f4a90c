// The command was not understood.

/** What was expected, what came. */
export class Misuse extends Error {}
