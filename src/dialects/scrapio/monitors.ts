import type { Route } from '../dialect.ts'
import { body, flag, httpUrl, integer, list, map, oneOf, open, text } from './fields.ts'
import { nothing, unavailable } from './unavailable.ts'

const watch = open({
  on: oneOf(['any', 'all']).optional(),
  notify_on_first_run: flag.optional(),
  ignore_patterns: list(text(1000), 0).nullish(),
  digest_interval_minutes: integer(15, 525_600).nullish(),
})

const common = { watch: watch.optional(), webhook_endpoint_id: text(200).optional() }
const schedule = { name: text(500), cron: text(200) }
const page = { url: httpUrl, mode: oneOf(['fields', 'content']), extract: map(text(10_000)) }

/** Of pages in general, and those of sites with keys of their own. */
const families = [
  { base: '/v1/monitors', of: 'a page', body: body(open({ ...schedule, ...common, url: page.url, mode: page.mode.optional(), extract: page.extract.optional() })) },
  ...[['booking', 'a hotel'], ['agoda', 'a hotel'], ['product-hunt', 'a product'], ['reddit', 'Reddit'], ['hacker-news', 'Hacker News']].map(([site, of]) => ({
    base: `/v1/${site}/monitors`, of, body: body(open({ ...schedule, ...common })),
  })),
]

const changed = body(open({ name: text(500).optional(), cron: text(200).optional(), url: httpUrl.optional(), active: flag.optional(), ...common }))

const endpoint = body(open({ url: httpUrl, description: text(2000, 0).optional(), events: list(text(100)).optional() }))

export const monitorRoutes: Route[] = [
  ...families.flatMap(({ base, of, body: created }) => [
    unavailable('Monitoring', { method: 'POST', path: base, body: created, summary: `Watches ${of} on a schedule` }),
    unavailable('Monitoring', { method: 'GET', path: base, summary: 'Every monitor' }),
    nothing('monitor', { method: 'GET', path: `${base}/:id`, summary: 'A monitor' }),
    nothing('monitor', { method: 'PATCH', path: `${base}/:id`, body: changed, summary: 'Changes, pauses or resumes a monitor' }),
    nothing('monitor', { method: 'DELETE', path: `${base}/:id`, summary: 'Deletes a monitor' }),
    nothing('monitor', { method: 'POST', path: `${base}/:id/trigger`, summary: 'Runs a monitor now' }),
    ...['runs', 'runs/latest', 'changes', 'changes/latest'].map((tail) => nothing('monitor', { method: 'GET', path: `${base}/:id/${tail}`, summary: `History of a monitor: ${tail}` })),
  ]),
  unavailable('Webhook delivery', { method: 'POST', path: '/v1/webhooks/endpoints', body: endpoint, summary: 'Registers an address for events' }),
  unavailable('Webhook delivery', { method: 'GET', path: '/v1/webhooks/endpoints', summary: 'Every registered address' }),
  nothing('webhook_endpoint', { method: 'GET', path: '/v1/webhooks/endpoints/:id', summary: 'A registered address' }),
  nothing('webhook_endpoint', { method: 'DELETE', path: '/v1/webhooks/endpoints/:id', summary: 'Forgets a registered address' }),
]
