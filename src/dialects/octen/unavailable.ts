import { z } from 'zod'
import { fail, type Failure } from '../../failure/failure.ts'
import { route, type Route } from '../dialect.ts'
import { betaAccess, failureBody } from './failure.ts'

interface Spec {
  method?: 'GET' | 'POST'
  path: string
  summary: string
  body?: z.ZodType
  bodyLimitBytes?: number
}

const refusing = (spec: Spec, refusal: () => Failure): Route =>
  route({
    method: spec.method ?? 'POST',
    path: spec.path,
    verb: 'capabilities',
    summary: spec.summary,
    ...(spec.body ? { body: spec.body } : {}),
    ...(spec.bodyLimitBytes === undefined ? {} : { bodyLimitBytes: spec.bodyLimitBytes }),
    response: failureBody,
    toIntent: () => {
      throw refusal()
    },
    render: () => {
      throw refusal()
    },
  })

/** A documented route that this server cannot serve as it is set up: the body is checked, then the answer is 501, which no client repeats. */
export const unconfigured = (spec: Spec, setting: string): Route =>
  refusing(spec, () => fail('platform.not_configured', { setting }))

/** A documented route that the vendor opens by invitation only: the answer of an account without it. */
export const inviteOnly = (spec: Spec): Route =>
  refusing(spec, () => fail('account.scope_denied', { needs: betaAccess }))
