// An expression as it is written: what is wrong with it, in plain words, or what it asks for and how it is worked out.
import { type ASTNode, type Environment, serialize } from '@marcbachmann/cel-js'
import { withoutDurations } from './expression-durations.ts'
import { mistyped, notACondition, unreadable } from './expression-faults.ts'
import { functions, language, loops } from './expression-language.ts'

export type Expression = {
  /** Works it out; throws the library's EvaluationError where that cannot be done. */
  evaluate: (fields: Map<string, unknown>) => unknown
  /** The fields of the record that it names, in order of appearance. */
  fields: string[]
  /** Those of them that it only asks for as a condition, as in `passed && !aborted`. */
  conditions: ReadonlySet<string>
  /** Parts of `metrics` that it names. */
  metrics: string[]
}

export function readExpression(text: string): Expression | { fault: string } {
  const environment = language()
  const readable = withoutDurations(text)
  if ('fault' in readable) return readable
  const { placeOf } = readable
  const parsed = parse(environment, readable.text, (error) => unreadable(error, text, placeOf))
  if (typeof parsed === 'string') return { fault: parsed }
  const nodes = [...walk(parsed.ast, { isCondition: true, inLoop: false, variables: [] })]
  for (const each of nodes) {
    const fault = faultOf(each, environment)
    if (fault !== null) return { fault: `${fault} (at column ${placeOf(each.node.start) + 1})` }
  }
  const { type, error } = parsed.check()
  if (error) return { fault: mistyped(error, placeOf) }
  if (type !== 'bool' && type !== 'dyn') return { fault: notACondition(type) }
  const fields = nodes.flatMap(({ field, isCondition }) => (field === null ? [] : { field, isCondition }))
  const named = [...new Set(fields.map(({ field }) => field))]
  const compared = new Set(fields.filter(({ isCondition }) => !isCondition).map(({ field }) => field))
  return {
    evaluate: parsed,
    fields: named,
    conditions: new Set(named.filter((field) => !compared.has(field))),
    metrics: nodes.flatMap(({ node }) => partOf('metrics', node) ?? []),
  }
}

function parse(environment: Environment, text: string, fault: (error: unknown) => string) {
  try {
    return environment.parse(text)
  } catch (error) {
    return fault(error)
  }
}

/** Where a part of an expression stands: asked whether it is true, inside a loop, seeing these loop variables. */
type Place = { isCondition: boolean; inLoop: boolean; variables: string[] }
type Part = Place & { node: ASTNode; field: string | null }

function* walk(node: ASTNode, place: Place): Generator<Part> {
  const field = node.op === 'id' && !place.variables.includes(node.args) ? node.args : null
  yield { ...place, node, field }
  for (const [part, at] of partsOf(node, place)) yield* walk(part, at)
}

function partsOf(node: ASTNode, place: Place): [ASTNode, Place][] {
  const value = { ...place, isCondition: false }
  const condition = { ...place, isCondition: true }
  const asValues = (all: ASTNode[]) => all.map((part): [ASTNode, Place] => [part, value])
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '&&':
    case '||':
      return node.args.map((part) => [part, condition])
    case '!_':
      return [[node.args, condition]]
    case '?:':
      return node.args.map((part, index) => [part, index === 0 ? condition : place])
    case '-_':
      return asValues([node.args])
    case '.':
    case '.?':
      return asValues([node.args[0]])
    case 'map':
      return asValues(node.args.flat())
    case 'call':
      return asValues(node.args[1])
    case 'rcall': {
      const [name, receiver, given] = node.args
      const [variable, predicate] = given
      if (!loops.includes(name) || variable?.op !== 'id' || !predicate) return asValues([receiver, ...given])
      const inside = { isCondition: true, inLoop: true, variables: [...place.variables, variable.args] }
      return [...asValues([receiver]), [predicate, inside]]
    }
    case '[]':
    case '[?]':
    case 'list':
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return asValues(node.args)
  }
}

/** The name of the part that is asked of this field, if it is. */
function partOf(field: string, node: ASTNode): string | null {
  switch (node.op) {
    case '.':
    case '.?':
    case '[]':
    case '[?]': {
      const [of, part] = node.args
      if (of.op !== 'id' || of.args !== field) return null
      if (typeof part === 'string') return part
      return part.op === 'value' && typeof part.args === 'string' ? part.args : null
    }
    default:
      return null
  }
}

function faultOf({ node, field, isCondition, inLoop }: Part, environment: Environment): string | null {
  if (field !== null && environment.hasVariable(field))
    return `expected the name of a field, got "${field}", a word of the expression language`
  if (node.op === 'call' || node.op === 'rcall') {
    const [name] = node.args
    if (!functions.includes(name)) return `expected one of the functions ${functions.join(', ')}, got ${name}`
    if (inLoop && loops.includes(name))
      return `expected no loop inside a loop, got ${name} inside another one: it could take for ever`
  }
  if (isCondition && ['+', '-', '*', '/', '%', '-_'].includes(node.op)) return notACondition('double')
  if (node.op === '/' && environment.check(serialize(node)).type === 'int')
    return `expected a point in one of the numbers, as in 1.0 / 2, got a division of whole numbers, which drops the rest`
  return null
}
