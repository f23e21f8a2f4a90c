// What a shell is told of a command.

export type Completed = {
  name: string
  summary: string
  options: { name: string; help: string; words: readonly string[]; takesValue: boolean; isFile: boolean }[]
}

/** First words, each once; second words by the first, empty for commands of one word. */
export function nouns(commands: Completed[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { name } of commands) {
    const [noun = '', verb] = name.split(' ')
    found.set(noun, [...(found.get(noun) ?? []), ...(verb === undefined ? [] : [verb])])
  }
  return found
}

/** For a shell's single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
