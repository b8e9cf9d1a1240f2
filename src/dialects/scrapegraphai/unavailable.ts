import { z } from 'zod'
import { fail, type Failure } from '../../failure/failure.ts'
import { route, type Route } from '../dialect.ts'

interface Row {
  method: Route['method']
  path: string
  summary: string
  body?: z.ZodType
  query?: z.ZodType
  params?: z.ZodType
  throttled?: boolean
}

const refusing = (row: Row, refuse: (params: unknown) => Failure): Route =>
  route({
    ...row, verb: 'capabilities', response: z.looseObject({}),
    toIntent: ({ params }) => {
      throw refuse(params)
    },
    // Never reached: `toIntent` lets nothing through.
    render: () => {
      throw fail('caller.route_not_found')
    },
  })

/** A documented route whose feature is missing: what is wrong with the request is said first. */
export const unavailable = (feature: string, row: Row): Route =>
  refusing(row, () => fail('platform.not_configured', { setting: feature }))

/** A route on one item of a kind of which there are none. */
export const nothing = (kind: string, row: Row): Route =>
  refusing(row, (params) => fail('caller.not_found', { kind, id: String(Object.values(params as Record<string, unknown>)[0]) }))
