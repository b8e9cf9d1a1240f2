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
const noBrowser = () => fail('platform.browser_unavailable')

/** There is no session, so that every id is unknown; and none can be made. */
export const laterRoutes = [
  absent('POST', '/v1/sessions', 'Opens a browser session', noBrowser),
  absent('GET', '/v1/sessions', 'Open browser sessions', noBrowser),
  absent('GET', '/v1/sessions/:id', 'State of a browser session', unknown('session')),
  absent('DELETE', '/v1/sessions/:id', 'Closes a browser session', unknown('session')),
]
