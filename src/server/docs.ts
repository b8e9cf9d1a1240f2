import type { Context, Hono } from 'hono'
import { catalog, classOf, failureCodes, isFailureCode, rowOf, type FailureCode } from '../failure/catalog.ts'
import { exampleFactsOf } from '../failure/facts.ts'
import { Failure, fail } from '../failure/failure.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { ServerDeps } from './deps.ts'
import { dialectErrorsPage, exampleInfo } from './dialect-errors.ts'
import { escapeHtml, htmlPage, inlineCode } from './html.ts'
import { openApi } from './openapi.ts'
import { referencePage } from './reference.ts'

type Refuse = (c: Context, failure: Failure) => Promise<Response>

/** Documentation generated from the catalogue and the dialects' rows; open to all. */
export const mountDocs = (app: Hono, deps: ServerDeps, refuse: Refuse): void => {
  const native = deps.dialects.find((dialect) => dialect.basePath === '')
  const origin = (c: Context): string => deps.settings.publicUrl ?? new URL(c.req.url).origin
  const named = (c: Context): Dialect | undefined => deps.dialects.find((dialect) => dialect.name === c.req.param('dialect'))
  const unknown = (c: Context, kind: string, id: string) => refuse(c, fail('caller.not_found', { kind, id }))

  app.get('/openapi.json', (c) => (native ? c.json(openApi(native, origin(c))) : c.notFound()))
  app.get('/docs', (c) => c.html(indexPage(deps.dialects)))
  app.get('/docs/:dialect', (c) => {
    const dialect = named(c)
    return dialect ? c.html(referencePage(openApi(dialect, origin(c)), dialect.name)) : unknown(c, 'dialect', c.req.param('dialect'))
  })
  app.get('/docs/:dialect/openapi.json', async (c) => {
    const dialect = named(c)
    return dialect ? c.json(openApi(dialect, origin(c))) : unknown(c, 'dialect', c.req.param('dialect'))
  })
  app.get('/docs/:dialect/errors', (c) => {
    const dialect = named(c)
    return dialect ? c.html(dialectErrorsPage(dialect, origin(c))) : unknown(c, 'dialect', c.req.param('dialect'))
  })
  app.get('/v1/errors', (c) => c.json({ data: failureCodes.map((code) => entry(code, origin(c))) }))
  app.get('/v1/errors/:code', async (c) => {
    const code = c.req.param('code')
    return isFailureCode(code) ? c.json({ data: { ...entry(code, origin(c)), example: example(code, native, origin(c)) } }) : unknown(c, 'failure code', code)
  })
  app.get('/errors', (c) => c.html(catalogPage()))
  app.get('/errors/:code', (c) => {
    const code = c.req.param('code')
    return isFailureCode(code) ? c.html(codePage(code, example(code, native, origin(c)))) : unknown(c, 'failure code', code)
  })
  app.get('/metrics', async (c) => c.text(await deps.metrics.text(), 200, { 'content-type': deps.metrics.contentType }))
}

const entry = (code: FailureCode, origin: string) => {
  const row = rowOf(code)
  return { code, class: classOf(code), who_acts: classOf(code), status: row.status, title: row.title, message: row.message, meaning: row.meaning, fix: row.fix, retry: row.retry, billed: row.bill === 'attempt' ? 'only_on_request' : 'never', page: `${origin}/errors/${code}` }
}

/** The reply of the native dialect to this failure, with example facts. */
const example = (code: FailureCode, native: Dialect | undefined, origin: string): unknown =>
  native?.renderFailure(new Failure(code, exampleFactsOf(code)), exampleInfo(native, origin)).body

const indexPage = (dialects: readonly Dialect[]): string => htmlPage('Lyrebird: API', `<h1>Lyrebird</h1>
<p>One engine, several voices. Each has its reference and its OpenAPI document.</p>
<table><tr><th>Voice</th><th>Base path</th><th>Reference</th><th>OpenAPI</th></tr>
${dialects.map((dialect) => `<tr><td>${escapeHtml(dialect.title)}</td><td><code>${escapeHtml(dialect.basePath || '/')}</code></td><td><a href="/docs/${dialect.name}">reference</a></td><td><a href="/docs/${dialect.name}/openapi.json">openapi.json</a></td></tr>`).join('\n')}
</table><p><a href="/errors">Every failure, what it means and what to do</a></p>`)

const catalogPage = (): string => htmlPage('Lyrebird: failures', `<h1>Failures</h1>
<p>The part before the dot says who has to act. A failure is never billed.</p>
<table><tr><th>Code</th><th>Status</th><th>Retry</th><th>Meaning</th></tr>
${failureCodes.map((code) => `<tr><td><a href="/errors/${code}"><code>${code}</code></a></td><td>${catalog[code].status}</td><td>${catalog[code].retry.replace('_', ' ')}</td><td>${inlineCode(catalog[code].meaning)}</td></tr>`).join('\n')}
</table>`)

const codePage = (code: FailureCode, body: unknown): string => {
  const row = rowOf(code)
  return htmlPage(`${code}: ${row.title}`, `<p><a href="/errors">All failures</a></p><h1>${escapeHtml(row.title)}</h1>
<p><code>${code}</code>, HTTP ${row.status}. To act: <b>${classOf(code)}</b>. Retry: <b>${row.retry.replace('_', ' ')}</b>. ${row.bill === 'never' ? 'Never billed.' : 'Billed only where the caller asked to pay for the attempt.'}</p>
<h2>What it means</h2><p>${inlineCode(row.meaning)}</p>
<h2>What to do</h2><p>${inlineCode(row.fix)}</p>
<h2>Example</h2><pre><code>${escapeHtml(JSON.stringify(body, null, 2) ?? '')}</code></pre>`)
}
