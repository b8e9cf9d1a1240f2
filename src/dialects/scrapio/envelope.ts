import { z } from 'zod'
import type { FailureJson } from '../../failure/failure.ts'
import { Failure } from '../../failure/failure.ts'
import { errorOf } from './failure.ts'
import { outputFailure } from './outputs.ts'

const pageError = z.object({ code: z.string(), message: z.string() })
const stepError = z.object({ step_id: z.string(), code: z.string(), message: z.string(), url: z.string().optional() })

const step = z.object({
  step_id: z.string(), type: z.string(), status: z.enum(['completed', 'failed']), started_at: z.string(), completed_at: z.string(), error: pageError.optional(),
})

/** What crawl, map, interact and search answer with. */
export const envelopeReply = <T extends z.ZodType>(kind: string, result: T) => z.looseObject({
  id: z.string(),
  request_id: z.string(),
  kind: z.literal(kind),
  mode: z.literal('inline'),
  status: z.enum(['completed', 'partial', 'failed']),
  steps: z.array(step),
  result,
  diagnostics: z.object({ step_errors: z.array(stepError).optional(), output_failures: z.array(outputFailure).optional() }).optional(),
})

export type Step = z.output<typeof step>
export type StepError = z.output<typeof stepError>
export const pageErrorReply = pageError

/** Code and message alone, as pages and steps have them. */
export const briefly = (failure: FailureJson | Failure): z.output<typeof pageError> => {
  const { code, message } = errorOf(failure instanceof Failure ? failure : Failure.fromJSON(failure))
  return { code, message }
}

export const envelope = <R>(kind: string, requestId: string, parts: { status: 'completed' | 'partial' | 'failed'; steps: Step[]; result: R; stepErrors: StepError[]; outputFailures?: z.output<typeof outputFailure>[] }) => {
  const { status, steps, result, stepErrors, outputFailures = [] } = parts
  const diagnostics = {
    ...(stepErrors.length > 0 ? { step_errors: stepErrors } : {}),
    ...(outputFailures.length > 0 ? { output_failures: outputFailures } : {}),
  }
  return { id: requestId, request_id: requestId, kind, mode: 'inline', status, steps, result, ...(Object.keys(diagnostics).length > 0 ? { diagnostics } : {}) }
}
