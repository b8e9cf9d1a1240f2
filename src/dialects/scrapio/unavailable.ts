import { z } from 'zod'
import { fail, type Failure } from '../../failure/failure.ts'
import { route, type Route } from '../dialect.ts'
import { failureBody } from './failure.ts'
import { text } from './fields.ts'

interface Spec {
  method: Route['method']
  path: string
  summary: string
  body?: z.ZodType
  query?: z.ZodType
}

const refusing = (spec: Spec, throttled: boolean, refuse: (params: Record<string, string>) => Failure): Route =>
  route({
    ...spec,
    verb: 'capabilities',
    throttled,
    params: paramsOf(spec.path),
    response: failureBody,
    toIntent: ({ params }) => {
      throw refuse(params)
    },
    // Never reached: `toIntent` lets nothing through.
    render: () => {
      throw fail('caller.route_not_found')
    },
  })

const paramsOf = (path: string) =>
  z.object(Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, text(200)])))

/** A documented route whose feature is missing: what is wrong with the request is said first. */
export const unavailable = (feature: string, spec: Spec): Route => refusing(spec, true, () => fail('platform.not_configured', { setting: feature }))

/** A route on one item of a kind of which there are none. Polling is not throttled. */
export const nothing = (kind: string, spec: Spec): Route => refusing(spec, spec.method !== 'GET', ({ id = '' }) => fail('caller.not_found', { kind, id }))
