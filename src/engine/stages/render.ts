import { fail, isFailure } from '../../failure/failure.ts'
import type { RenderedPage, RenderResult } from '../../contract/render.ts'
import type { Converted } from '../convert/index.ts'
import type { Verdict } from '../judge/index.ts'
import type { RungResult, Work } from '../engine.ts'
import { browserMayPass, failureOf, signalOf } from '../verdict.ts'
import { findingsOf } from './extract.ts'
import { httpRung } from './http.ts'

/** The rung above plain HTTP: the document as a browser has it when it is still, through the same converter and judge. */
export const renderRung = async (work: Work): Promise<RungResult> => {
  const { intent, deadline, renderer } = work
  if (!renderer?.available) throw fail('platform.browser_unavailable')
  let converted: Converted | undefined
  const result = await rendered(work, renderer.render({
    url: intent.url,
    mode: work.mode,
    headers: intent.headers,
    cookies: intent.cookies,
    options: intent.browser ?? {},
    bytesMax: work.bytesMax,
    deadline,
    look: async (page) => {
      converted = await convert(work, page)
      return patienceMs(converted.verdict)
    },
  }))
  // A browser shows such things with viewers of its own or saves them; the bytes themselves are what is wanted.
  if (result.kind === 'file') return httpRung({ ...work, intent: { ...intent, render: 'static' } })
  if (!converted) throw fail('content.render_failed')

  const { page } = result
  const failure = failureOf(converted.verdict, page.status)
  if (failure) {
    const last = work.attempts.at(-1)
    const signal = signalOf(converted.verdict)
    if (last) Object.assign(last, { outcome: failure.code, ...(signal === undefined ? {} : { signal }) })
    throw failure
  }
  return {
    kind: 'document',
    document: {
      url: intent.url,
      finalUrl: page.url,
      status: page.status,
      contentType: converted.contentType,
      fetchedAt: new Date(work.clock()).toISOString(),
      renderer: 'js',
      cached: false,
      formats: converted.formats,
      metadata: converted.metadata,
      warnings: [...converted.warnings, ...result.warnings],
    },
    ...findingsOf(converted),
  }
}

/** A wall that a browser passes takes its time; an empty frame may still be filled by something that nobody saw coming. */
const patienceMs = (verdict: Verdict): number => {
  if (!browserMayPass(verdict)) return 0
  return verdict.kind === 'blocked' ? 15_000 : 3000
}

/** The page, with its attempts kept whether it comes or not. */
const rendered = async (work: Work, rendering: Promise<RenderResult>): Promise<RenderResult> => {
  const startedAt = work.clock()
  try {
    const result = await rendering
    work.attempts.push(...result.attempts)
    return result
  } catch (error) {
    if (isFailure(error)) work.attempts.push(...error.evidence)
    throw error
  } finally {
    work.timings.render = work.clock() - startedAt
  }
}

const convert = async ({ converter, deadline, intent, reads }: Work, page: RenderedPage): Promise<Converted> =>
  converter.convert(
    {
      body: new TextEncoder().encode(page.html),
      contentType: 'text/html; charset=utf-8',
      url: page.url,
      status: page.status,
      rendered: true,
      headers: page.headers,
      formats: intent.formats,
      mode: intent.mode,
      includeSelectors: intent.includeSelectors,
      excludeSelectors: intent.excludeSelectors,
      material: reads,
    },
    deadline.signal,
  )
