import { z } from 'zod'
import { changedFormats, cronIdParams as params, fetchConfig, formats } from './fields.ts'
import { nothing, unavailable } from './unavailable.ts'
import { urlField } from './url.ts'

export const monitorBody = z.object({
  url: urlField,
  name: z.string().max(200).optional(),
  formats,
  webhookUrl: urlField.optional(),
  interval: z.string().min(1).max(100),
  fetchConfig: fetchConfig.optional(),
})

export const monitorChange = z.object({
  name: z.string().max(200).optional(),
  formats: changedFormats.optional(),
  webhookUrl: urlField.nullable().optional(),
  interval: z.string().min(1).max(100).optional(),
  fetchConfig: fetchConfig.optional(),
})

export const activityQuery = z.object({
  cursor: z.iso.datetime({ offset: true, local: true }).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

export const monitorRoutes = [
  unavailable('Monitoring', { method: 'POST', path: '/api/monitor', body: monitorBody, summary: 'Watches a page' }),
  unavailable('Monitoring', { method: 'GET', path: '/api/monitor', throttled: false, summary: 'All monitors' }),
  nothing('monitor', { method: 'GET', path: '/api/monitor/:cronId', params, throttled: false, summary: 'One monitor' }),
  nothing('monitor', { method: 'PATCH', path: '/api/monitor/:cronId', params, body: monitorChange, summary: 'Changes a monitor' }),
  nothing('monitor', { method: 'DELETE', path: '/api/monitor/:cronId', params, summary: 'Deletes a monitor and its ticks' }),
  nothing('monitor', { method: 'POST', path: '/api/monitor/:cronId/pause', params, summary: 'Pauses a monitor' }),
  nothing('monitor', { method: 'POST', path: '/api/monitor/:cronId/resume', params, summary: 'Continues a paused monitor' }),
  nothing('monitor', { method: 'GET', path: '/api/monitor/:cronId/activity', params, query: activityQuery, throttled: false, summary: 'Ticks of a monitor, newest first' }),
]
