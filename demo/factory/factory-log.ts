// Where the factory says what happens to it; a pino logger fits.
export type FactoryLog = { info(text: string): void; warn(text: string): void }
