// The description of the interface as types of TypeScript.
import openapiTypes, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript'

/** @param description OpenAPI 3.1, as GET /docs/json answers. */
export async function typeText(description: OpenAPI3): Promise<string> {
  return `${COMMENT_HEADER}${astToString(await openapiTypes(own(description)))}`
}

/** Only our own interface, not the others that are spoken too, and only the schemas that it refers to. */
function own({ paths = {}, components, ...rest }: OpenAPI3): OpenAPI3 {
  const kept = Object.fromEntries(Object.entries(paths).filter(([path]) => path.startsWith('/api/v1/')))
  const told = JSON.stringify(kept)
  const schemas = Object.fromEntries(
    Object.entries(components?.schemas ?? {}).filter(([name]) =>
      told.includes(`"#/components/schemas/${name}"`),
    ),
  )
  return { ...rest, paths: kept, components: { ...components, schemas } }
}
