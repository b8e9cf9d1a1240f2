import { pdfWithoutText } from '../../failure/evidence.ts'
import { fail, isFailure } from '../../failure/failure.ts'
import type { EgressRequest, EgressResponse } from '../../egress/index.ts'
import { isSupportedType, type Converted } from '../convert/index.ts'
import type { RungResult, Work } from '../engine.ts'
import { findingsOf } from './extract.ts'
import { wishesOf } from './wishes.ts'
import { browserMayPass, failureOf, signalOf } from '../verdict.ts'

const acceptHeader = 'text/html,application/xhtml+xml,application/xml;q=0.9,text/markdown;q=0.9,*/*;q=0.8'

/** The lowest rung: one plain HTTP exchange, converted and judged. */
export const httpRung = async (work: Work): Promise<RungResult> => {
  const { intent, deadline, timings } = work
  const response = await exchange(work, {
    url: intent.url,
    headers: { accept: acceptHeader, 'accept-language': 'en;q=0.9,*;q=0.5', ...intent.headers },
    cookies: intent.cookies,
    ...(work.state ? { stored: work.state.cookies } : {}),
    signal: deadline.signal,
    deadline,
    accept: (head) => admit(head.status, intent.contentType ?? head.headers.get('content-type'), intent.allowedTypes),
  })
  work.attempts.push(...response.attempts)
  if (work.kept && work.state) work.kept.state = { ...work.state, cookies: response.stored }
  Object.assign(timings, response.timings)

  const convertStart = work.clock()
  const contentType = intent.contentType ?? response.headers.get('content-type')
  if (response.status >= 400 && !isSupportedType(contentType)) throw fail('target.http_error', { status: response.status })
  const converted = await work.converter.convert(
    {
      body: response.body,
      contentType,
      url: response.url,
      status: response.status,
      headers: [...response.headers],
      ...wishesOf(intent, work.reads),
    },
    deadline.signal,
  )
  timings.convert = work.clock() - convertStart

  const failure = failureOf(converted.verdict, response.status)
  if (failure) {
    note(work, response, failure.code, isBlankPdf(converted) ? pdfWithoutText : signalOf(converted.verdict))
    if (browserMayPass(converted.verdict) && intent.render === 'auto') return { kind: 'climb', failure }
    throw failure
  }
  return {
    kind: 'document',
    document: {
      url: intent.url,
      finalUrl: response.url,
      status: response.status,
      contentType: converted.contentType,
      fetchedAt: new Date(work.clock()).toISOString(),
      renderer: 'static',
      cached: false,
      formats: converted.formats,
      metadata: converted.metadata,
      warnings: converted.warnings,
      ...(converted.tokens ? { tokens: converted.tokens } : {}),
    },
    ...findingsOf(converted),
  }
}

const isBlankPdf = ({ verdict, contentType }: Converted): boolean => verdict.kind === 'empty' && contentType.startsWith('application/pdf')

/** The exchange, with its attempts kept whether it succeeds or not. */
const exchange = async (work: Work, request: EgressRequest): Promise<EgressResponse> => {
  try {
    return await work.egress.request(request)
  } catch (error) {
    if (isFailure(error)) work.attempts.push(...error.evidence)
    throw error
  }
}

/** Judged on the head, so that a film is not read to its end to be refused. */
const admit = (status: number, contentType: string | null, allowedTypes: readonly string[]): void => {
  if (status < 200 || status > 299) return
  const essence = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const refused = !isSupportedType(contentType) || (allowedTypes.length > 0 && essence !== '' && !allowedTypes.includes(essence))
  if (refused) throw fail('content.unsupported_type', { contentType: essence || 'unknown' })
}

/** The last attempt is what was judged: it says so. */
const note = (work: Work, response: EgressResponse, outcome: string, signal: string | undefined): void => {
  const last = work.attempts.at(-1)
  if (!last || last.status !== response.status) return
  last.outcome = outcome
  if (signal !== undefined) last.signal = signal
}
