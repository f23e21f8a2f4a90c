// The routes of a service, as METHOD /path/{parameter}.

/** Fastify prints its routes as a tree: each line a piece of a path, four columns a level, methods in brackets. */
export function routesOf(tree: string): string[] {
  const pieces: string[] = []
  return tree.split('\n').flatMap((line) => {
    const found = /^([│ ]*)[├└]── (\S*)(?: \((.*)\))?$/.exec(line)
    if (!found) return []
    const [, indent = '', piece = '', methods = ''] = found
    pieces.length = indent.length / 4
    pieces.push(piece)
    const path = pieces.join('').replace(/:(\w+)/g, '{$1}')
    return methods === '' ? [] : methods.split(', ').map((method) => `${method} ${path}`)
  })
}
