// JSON as Python writes it: NaN, Infinity and -Infinity stand where a measurement has no finite value.

/** Matched as wholes, so that a NaN within a text stays one. */
const textsAndNonNumbers = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/gs

/** What is no finite number becomes null. @returns null when it is no JSON; JSON's own null is no test record either. */
export function readPythonJson(text: string): unknown {
  return (
    parsed(text) ?? parsed(text.replace(textsAndNonNumbers, (found) => (found[0] === '"' ? found : 'null')))
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
