import type { FailureClass } from '../failure/catalog.ts'
import { isFailure, type Failure } from '../failure/failure.ts'

/** Exit codes by who has to act; 1 is everything that has no failure code. */
export const exitCodes: Record<FailureClass, number> = { caller: 2, account: 3, policy: 4, target: 5, content: 6, platform: 7 }

const plainErrors = ['ConfigError', 'StoreError', 'OperatorError']

/** What the terminal is told: one clear text for errors that were made for it, a stack only for our own faults. */
export const problemOf = (error: unknown): { text: string; exitCode: number } => {
  if (isFailure(error)) return { text: failureText(error), exitCode: exitCodes[error.class] }
  if (error instanceof Error && (plainErrors.includes(error.name) || error.name === 'Error')) return { text: error.message, exitCode: 1 }
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: 1 }
}

export const failureText = (failure: Failure): string => {
  const lines = [`${failure.code}: ${failure.message}`]
  for (const issue of (failure.plainFacts.issues as { path: (string | number)[]; message: string }[] | undefined) ?? []) lines.push(`  ${issue.path.join('.') || 'body'}: ${issue.message}`)
  for (const attempt of failure.evidence) lines.push(`  tried ${[attempt.tier, attempt.url, attempt.address && `at ${attempt.address}`, attempt.status, `${attempt.ms} ms`, attempt.outcome, attempt.signal].filter(Boolean).join(', ')}`)
  return lines.join('\n')
}
