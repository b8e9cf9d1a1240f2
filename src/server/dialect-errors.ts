import { failureCodes, rowOf } from '../failure/catalog.ts'
import { exampleFactsOf } from '../failure/facts.ts'
import { Failure } from '../failure/failure.ts'
import type { Dialect, ReplyInfo } from '../dialects/dialect.ts'
import { escapeHtml, htmlPage, inlineCode } from './html.ts'

/** Every failure as one dialect tells it, under the dialect's own names. */
export const dialectErrorsPage = (dialect: Dialect, origin: string): string => {
  const nameOf = (failure: Failure): string => dialect.errors?.nameOf(failure) ?? failure.code
  const failures = [...failureCodes.map((code): Failure => new Failure(code, exampleFactsOf(code))), ...(dialect.errors?.more ?? [])]
  const sections = Map.groupBy(failures, nameOf)
  return htmlPage(`${dialect.title}: errors`, `<p><a href="/docs/${dialect.name}">${escapeHtml(dialect.title)}</a> · <a href="/errors">all failures</a></p>
<h1>${escapeHtml(dialect.title)}: errors</h1>
<p>What this server says in this voice, and which of its own failures stand behind each. A failure is never billed.</p>
<ul>${[...sections.keys()].map((name) => `<li><a href="#${anchorOf(name)}"><code>${escapeHtml(name)}</code></a></li>`).join('')}</ul>
${[...sections].map(([name, members]) => section(name, members, dialect, origin)).join('\n')}`)
}

/** What stands for a request in an example reply. */
export const exampleInfo = (dialect: Dialect, origin: string): ReplyInfo => ({
  id: '00000000-0000-4000-8000-000000000000', requestId: '00000000-0000-4000-8000-000000000000', durationMs: 12,
  origin, base: origin + dialect.basePath, method: 'POST', path: '/v1/scrape', target: '/v1/scrape', headers: new Headers(),
  authenticated: true, account: { creditsBilled: 0 }, now: new Date(0),
})

const anchorOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')

const section = (name: string, failures: readonly Failure[], dialect: Dialect, origin: string): string => {
  const replies = failures.map((failure) => dialect.renderFailure(failure, exampleInfo(dialect, origin)))
  const statuses = [...new Set(replies.map((reply) => reply.status))]
  return `<h2 id="${anchorOf(name)}"><code>${escapeHtml(name)}</code></h2><p>HTTP ${statuses.join(', ')}</p>
<table><tr><th>Failure</th><th>Retry</th><th>What it means</th><th>What to do</th></tr>
${failures.map((failure) => {
    const row = rowOf(failure.code)
    return `<tr><td><a href="/errors/${failure.code}"><code>${failure.code}</code></a></td><td>${row.retry.replace('_', ' ')}</td><td>${inlineCode(row.meaning)}</td><td>${inlineCode(row.fix)}</td></tr>`
  }).join('\n')}
</table><pre><code>${escapeHtml(JSON.stringify(replies[0]?.body, null, 2) ?? '')}</code></pre>`
}
