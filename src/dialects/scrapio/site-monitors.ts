import type { Route } from '../dialect.ts'
import { body, flag, open, text } from './fields.ts'
import { nothing, unavailable } from './unavailable.ts'

const watch = open({}).optional()
const created = body(open({ name: text(500), cron: text(200), watch }))
const changed = body(open({ name: text(500).optional(), cron: text(200).optional(), active: flag.optional(), watch }))

/** Monitors of sites that have keys of their own. */
const families = [['booking', 'Booking.com'], ['agoda', 'Agoda'], ['product-hunt', 'Product Hunt'], ['reddit', 'Reddit'], ['hacker-news', 'Hacker News']] as const

export const siteMonitorRoutes: Route[] = families.flatMap(([site, name]) => {
  const base = `/v1/${site}/monitors`
  return [
    unavailable(`Monitoring ${name}`, { method: 'POST', path: base, body: created, summary: `Watches ${name} on a schedule` }),
    unavailable(`Monitoring ${name}`, { method: 'GET', path: base, summary: 'Every monitor' }),
    nothing('monitor', { method: 'GET', path: `${base}/:id`, summary: 'A monitor' }),
    nothing('monitor', { method: 'PATCH', path: `${base}/:id`, body: changed, summary: 'Changes, pauses or resumes a monitor' }),
    nothing('monitor', { method: 'DELETE', path: `${base}/:id`, summary: 'Deletes a monitor' }),
    nothing('monitor', { method: 'POST', path: `${base}/:id/trigger`, summary: 'Runs a monitor now' }),
    ...['runs', 'runs/latest', 'changes', 'changes/latest'].map((tail) => nothing('monitor', { method: 'GET', path: `${base}/:id/${tail}`, summary: `History of a monitor: ${tail}` })),
  ]
})
