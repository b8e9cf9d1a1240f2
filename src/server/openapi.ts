import { z } from 'zod'
import type { Dialect, Route } from '../dialects/dialect.ts'

export type OpenApi = ReturnType<typeof openApi>

/** The OpenAPI 3.1 document of a dialect, from the same rows that serve it. */
export const openApi = (dialect: Dialect, origin: string) => ({
  openapi: '3.1.0',
  info: { title: dialect.title, version: '1.0.0', description: dialect.description },
  servers: [{ url: origin + dialect.basePath }],
  components: { securitySchemes: dialect.security, schemas: { Failure: schemaOf(dialect.failureBody, 'output') } },
  security: Object.keys(dialect.security).map((name) => ({ [name]: [] })),
  paths: Object.fromEntries([...Map.groupBy(dialect.routes, (row) => openApiPath(row.path))].map(([path, rows]) => [path, pathItem(rows)])),
})

const openApiPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{target}')

const pathItem = (rows: Route[]) => Object.fromEntries(rows.map((row) => [row.method.toLowerCase(), operation(row)]))

const operation = (row: Route) => ({
  operationId: `${row.method.toLowerCase()}_${row.path.replace(/\W+/g, '_').replace(/^_|_$/g, '')}`,
  summary: row.summary,
  ...(row.open ? { security: [] } : {}),
  parameters: [...parameters(row.params, 'path'), ...(row.path.endsWith('*') ? [{ name: 'target', in: 'path', required: true, schema: { type: 'string' } }] : []), ...parameters(row.query, 'query')],
  ...(row.body ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(row.body, 'input') } } } } : {}),
  responses: {
    '200': { description: 'Success', content: Object.fromEntries(row.produces.map((type) => [type, { schema: type.includes('json') ? schemaOf(row.response, 'output') : { type: 'string' } }])) },
    default: { description: 'Failure', content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } } },
  },
})

const parameters = (schema: z.ZodType | undefined, place: 'path' | 'query') => {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Record<string, unknown>; required?: string[] }
  return Object.entries(properties).map(([name, value]) => ({ name, in: place, required: place === 'path' || required.includes(name), schema: value }))
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' })
  return rest
}
