// Where the client says what happens to it; console and a pino logger fit.
export type StationLog = { info(text: string): void; warn(text: string): void }
