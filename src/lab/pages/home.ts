import { failureCodes } from '../../failure/catalog.ts'
import { behaviourNames } from '../behaviours/index.ts'
import type { Exchange } from '../exchange.ts'
import { each, escapeHtml, page } from '../html.ts'
import { failHost } from '../names.ts'
import { pages } from './index.ts'

/** The index at lab.test, at the bare address, and at / of hosts without a page. */
export const homePage = (x: Exchange): string => {
  const link = (host: string) => `${x.secure ? 'https' : 'http'}://${localised(host, x)}/`
  return page({
    title: 'Lyrebird Lab',
    description: 'A site that misbehaves exactly as told.',
    body: `<main><h1>Lyrebird Lab</h1>
<p>A site that misbehaves exactly as told. Test keys reach it, and nothing else.</p>
<h2>Pages</h2>
<ul>
${each(pages, (one) => `<li><a href="${link(`${one.name}.lab.test`)}">${one.name}</a>: ${escapeHtml(one.description)}</li>`)}
</ul>
<h2>Behaviours at any host</h2>
<ul>
${each(behaviourNames, (name) => `<li><code>/${escapeHtml(name)}</code></li>`)}
</ul>
<h2>Failures</h2>
<ul>
${each(failureCodes, (code) => `<li><a href="${link(failHost(code))}">${code}</a></li>`)}
</ul></main>`,
  })
}

/** Keeps a person who came by *.localhost on names that the browser resolves. */
const localised = (host: string, x: Exchange): string => {
  const port = /:\d+$/.exec(x.req.headers.host ?? '')?.[0] ?? ''
  const local = !/\.test(:|$)/.test(x.req.headers.host ?? '')
  return (local ? host.replace(/\.test$/, '.localhost') : host) + port
}

export const notFoundPage = (x: Exchange): string =>
  page({
    title: 'Not found',
    body: `<main><h1>Not found</h1>\n<p>There is no page at <code>${escapeHtml(x.path)}</code>.</p>\n<p><a href="/">Back to the start</a></p></main>`,
  })
