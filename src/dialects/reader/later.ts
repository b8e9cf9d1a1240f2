import { z } from 'zod'
import { fail, type Failure } from '../../failure/failure.ts'
import { route, type Route } from '../dialect.ts'

const params = z.object({ id: z.string().min(1).max(200) })

/** A route of the contract whose part of the engine this server lacks. The key is still asked for. */
const absent = (method: Route['method'], path: string, summary: string, failure: (id: string) => Failure): Route =>
  route({
    method, path, verb: 'whoami',
    summary: `${summary}; this server answers with a failure`,
    ...(path.includes(':id') ? { params } : {}),
    response: z.never(),
    toIntent: (input) => {
      throw failure((input.params as z.output<typeof params> | undefined)?.id ?? '')
    },
    render: () => {
      throw fail('platform.not_configured', { setting: summary })
    },
  })

const unknown = (kind: string) => (id: string) => fail('caller.not_found', { kind, id })
const without = (setting: string) => () => fail('platform.not_configured', { setting })
const noBrowser = () => fail('platform.browser_unavailable')

/** There is no job, webhook or session, so that every id is unknown; and none can be made. */
export const laterRoutes = [
  absent('GET', '/v1/jobs/:id', 'State and results of a job', unknown('job')),
  absent('DELETE', '/v1/jobs/:id', 'Cancels a job', unknown('job')),
  absent('POST', '/v1/jobs/:id/retry', 'Repeats the pages of a job that failed', unknown('job')),
  absent('GET', '/v1/jobs/:id/stream', 'Events of a job', unknown('job')),
  absent('GET', '/v1/events', 'Events of the workspace', without('the event stream')),
  absent('POST', '/v1/webhooks', 'Makes a webhook', without('webhooks')),
  absent('GET', '/v1/webhooks', 'Webhooks of the workspace', without('webhooks')),
  absent('PATCH', '/v1/webhooks/:id', 'Changes a webhook', unknown('webhook')),
  absent('DELETE', '/v1/webhooks/:id', 'Deletes a webhook', unknown('webhook')),
  absent('POST', '/v1/sessions', 'Opens a browser session', noBrowser),
  absent('GET', '/v1/sessions', 'Open browser sessions', noBrowser),
  absent('GET', '/v1/sessions/:id', 'State of a browser session', unknown('session')),
  absent('DELETE', '/v1/sessions/:id', 'Closes a browser session', unknown('session')),
]
