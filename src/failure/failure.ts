import { catalog, classOf, isFailureCode, rowOf, type FailureClass, type FailureCode, type RetryAdvice } from './catalog.ts'
import type { Attempt } from './evidence.ts'
import type { FactsOf } from './facts.ts'

export interface FailureJson {
  code: FailureCode
  message: string
  facts: Record<string, unknown>
  evidence: Attempt[]
}

interface FailureOptions {
  /** The raw error. Logged, never shown. */
  cause?: unknown
  evidence?: Attempt[]
}

/** A failure with a catalogue code. Recognise it with `isFailure` and by `code`, never by `instanceof`. */
export class Failure<C extends FailureCode = FailureCode> extends Error {
  override readonly name = 'Failure'
  readonly code: C
  readonly facts: FactsOf<C>
  readonly evidence: Attempt[]

  constructor(code: C, facts: FactsOf<C>, options: FailureOptions = {}) {
    super(fill(catalog[code].message, facts), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.facts = facts
    this.evidence = options.evidence ?? []
  }

  get class(): FailureClass {
    return classOf(this.code)
  }

  /** The facts without their type, for renderers that only carry them on. */
  get plainFacts(): Record<string, unknown> {
    return { ...this.facts }
  }

  get status(): number {
    return rowOf(this.code).status
  }

  /** The catalogue's advice; a target's status of 5xx or 408 is worth a later retry although 4xx is not. */
  get retry(): RetryAdvice {
    const facts = this.plainFacts
    if (this.code === 'target.http_error' && typeof facts.status === 'number' && (facts.status >= 500 || facts.status === 408)) return 'later'
    return rowOf(this.code).retry
  }

  /** Seconds to wait, where the facts know it. */
  get retryAfterSeconds(): number | undefined {
    const facts = this.plainFacts
    if (typeof facts.retryAfterSeconds === 'number') return Math.max(1, Math.ceil(facts.retryAfterSeconds))
    return undefined
  }

  /** The same failure with attempts put before its own. */
  withEvidence(attempts: readonly Attempt[]): Failure<C> {
    return new Failure(this.code, this.facts, { cause: this.cause, evidence: [...attempts, ...this.evidence] })
  }

  /** The same failure with exactly this evidence. */
  carrying(evidence: readonly Attempt[]): Failure<C> {
    return new Failure(this.code, this.facts, { cause: this.cause, evidence: [...evidence] })
  }

  toJSON(): FailureJson {
    return { code: this.code, message: this.message, facts: this.plainFacts, evidence: this.evidence }
  }

  static fromJSON(json: unknown): Failure {
    const { code, facts, evidence } = (json ?? {}) as Partial<FailureJson>
    if (!isFailureCode(code)) return new Failure('platform.internal', { id: 'unknown' }, { cause: json })
    return new Failure(code, (facts ?? {}) as FactsOf<FailureCode>, { evidence: evidence ?? [] })
  }
}

type FactsArgument<C extends FailureCode> = FactsOf<C> extends Record<string, never> ? [facts?: FactsOf<C>] : [facts: FactsOf<C>]

/** `throw fail('target.http_error', { status: 404 })`; codes without facts take the code alone. */
export const fail = <C extends FailureCode>(code: C, ...rest: [...FactsArgument<C>, options?: FailureOptions]): Failure<C> =>
  new Failure(code, (rest[0] ?? {}) as FactsOf<C>, rest[1] as FailureOptions | undefined)

export const isFailure = (value: unknown): value is Failure =>
  value instanceof Error && value.name === 'Failure' && isFailureCode((value as { code?: unknown }).code)

const fill = (template: string, facts: object): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = (facts as Record<string, unknown>)[name]
    if (Array.isArray(value)) return value.join(', ')
    return typeof value === 'string' || typeof value === 'number' ? String(value) : 'unknown'
  })
