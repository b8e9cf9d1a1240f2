import { escapeHtml, htmlPage, inlineCode } from './html.ts'
import type { OpenApi } from './openapi.ts'

type Schema = Record<string, unknown>

/** A readable reference of one OpenAPI document. */
export const referencePage = (api: OpenApi, name: string): string => htmlPage(api.info.title, `<p><a href="/docs">All voices</a></p>
<h1>${escapeHtml(api.info.title)}</h1><p>${inlineCode(api.info.description)}</p>
<p>Base: <code>${escapeHtml(api.servers[0]?.url ?? '')}</code> · <a href="/docs/${name}/openapi.json">OpenAPI document</a> · <a href="/docs/${name}/errors">errors</a></p>
<p>Credential: ${Object.values(api.components.securitySchemes).map((scheme) => `<code>${scheme.type === 'http' ? 'Authorization: Bearer KEY' : `${scheme.name}${scheme.in === 'header' ? ': KEY' : '=KEY (query)'}`}</code>`).join(' or ')}</p>
${Object.entries(api.paths).map(([path, item]) => Object.entries(item).map(([method, operation]) => operationSection(method, path, operation)).join('\n')).join('\n')}
<h2>Failures</h2>${fieldTable(api.components.schemas.Failure)}`)

interface Operation {
  summary: string
  parameters: { name: string; in: string; required: boolean; schema: unknown }[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
  responses: { '200': { content: Record<string, { schema: Schema }> } }
}

const operationSection = (method: string, path: string, operation: unknown): string => {
  const { summary, parameters, requestBody, responses } = operation as Operation
  const reply = Object.entries(responses['200'].content)
  return `<h2><span class="method">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code></h2><p>${inlineCode(summary)}</p>
${parameters.length > 0 ? `<h3>Parameters</h3><table><tr><th>Name</th><th>In</th><th>Type</th><th></th></tr>${parameters.map((parameter) => `<tr><td><code>${escapeHtml(parameter.name)}</code>${parameter.required ? ' (required)' : ''}</td><td>${parameter.in}</td><td>${typeOf(parameter.schema as Schema)}</td><td>${noteOf(parameter.schema as Schema)}</td></tr>`).join('')}</table>` : ''}
${requestBody ? `<h3>Body</h3>${fieldTable(requestBody.content['application/json'].schema)}` : ''}
<h3>Reply</h3>${reply.map(([type, { schema }]) => `<p><code>${escapeHtml(type)}</code></p>${type.includes('json') ? fieldTable(schema) : ''}`).join('')}`
}

const fieldTable = (schema: Schema): string => {
  const rows = fields(schema, '', 0)
  return rows.length === 0 ? `<p>${typeOf(schema)}</p>` : `<table><tr><th>Field</th><th>Type</th><th></th></tr>${rows.join('')}</table>`
}

const fields = (schema: Schema, prefix: string, depth: number): string[] => {
  const properties = (schema.properties ?? {}) as Record<string, Schema>
  const required = (schema.required ?? []) as string[]
  return Object.entries(properties).flatMap(([name, value]) => {
    const path = prefix ? `${prefix}.${name}` : name
    const inner = value.properties ? value : ((value.items ?? {}) as Schema)
    const row = `<tr><td><code>${escapeHtml(path)}</code>${required.includes(name) ? ' (required)' : ''}</td><td>${typeOf(value)}</td><td>${noteOf(value)}</td></tr>`
    return depth < 2 ? [row, ...fields(inner, value.items ? `${path}[]` : path, depth + 1)] : [row]
  })
}

const typeOf = (schema: Schema): string => {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `<code>${escapeHtml(String(value))}</code>`).join(' ')
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`
  const union = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined
  if (union) return [...new Set(union.map(typeOf))].join(' or ')
  if (schema.type === 'array') return `array of ${typeOf((schema.items ?? {}) as Schema)}`
  return typeof schema.type === 'string' ? schema.type : 'any'
}

const noteOf = (schema: Schema): string => {
  const notes: string[] = []
  if (typeof schema.description === 'string') notes.push(inlineCode(schema.description))
  if (schema.default !== undefined) notes.push(`default <code>${escapeHtml(JSON.stringify(schema.default))}</code>`)
  const bounds = [['minimum', '≥'], ['maximum', '≤'], ['minLength', 'length ≥'], ['maxLength', 'length ≤'], ['minItems', 'items ≥'], ['maxItems', 'items ≤']] as const
  for (const [key, sign] of bounds) {
    const value = schema[key]
    if (typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER) notes.push(`${sign} ${value}`)
  }
  return notes.join('; ')
}
