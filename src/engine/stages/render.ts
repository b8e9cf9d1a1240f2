import { fail, isFailure } from '../../failure/failure.ts'
import type { ActionResult, PageBlob } from '../../contract/document.ts'
import type { AgentReport } from '../../contract/agent.ts'
import { isTextFormat, type Delivery, type ScrapeIntent } from '../../contract/intent.ts'
import type { Hands, RawActionResult, RawBlob, RenderedPage, RenderOrder, RenderResult } from '../../contract/render.ts'
import { runAgent } from '../agent.ts'
import type { Converted } from '../convert/index.ts'
import type { Verdict } from '../judge/index.ts'
import type { RungResult, Work } from '../engine.ts'
import { browserMayPass, failureOf, signalOf } from '../verdict.ts'
import { findingsOf } from './extract.ts'
import { wishesOf } from './wishes.ts'
import { httpRung } from './http.ts'

/** The rung above plain HTTP: the document as a browser has it when it is still, through the same converter and judge. */
export const renderRung = async (work: Work): Promise<RungResult> => {
  const { intent, deadline, renderer } = work
  if (!renderer?.available) throw fail('platform.browser_unavailable')
  const { agent } = work
  const task = intent.browser?.agent
  let report: AgentReport | undefined
  let converted: Converted | undefined
  const result = await rendered(work, renderer.render({
    url: intent.url,
    mode: work.mode,
    headers: intent.headers,
    cookies: intent.cookies,
    options: intent.browser ?? {},
    ...shotOrders(intent, work.sees === true),
    ...(work.way === undefined ? {} : { way: work.way }),
    ...(work.state ? { state: work.state } : {}),
    keepsState: work.kept !== undefined,
    bytesMax: work.bytesMax,
    deadline,
    ...(task && agent ? { drive: async (hands: Hands) => void (report = await runAgent({ ...agent, signal: deadline.signal }, task, hands)) } : {}),
    look: async (page) => {
      converted = await convert(work, page)
      return patienceMs(converted.verdict)
    },
  }))
  // A browser shows such things with viewers of its own or saves them; the bytes themselves are what is wanted.
  if (result.kind === 'file' && !intent.formats.every(isTextFormat)) throw fail('content.unsupported_type', { contentType: 'not a web page' })
  if (result.kind === 'file') return httpRung({ ...work, intent: { ...intent, render: 'static' } })
  if (!converted) throw fail('content.render_failed')
  if (work.kept && result.state) work.kept.state = result.state

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
      formats: {
        ...converted.formats,
        ...(result.screenshot && intent.formats.some(({ kind }) => kind === 'screenshot') ? { screenshot: await blobOf(work, result.screenshot, deliveryOf(intent, 'screenshot')) } : {}),
        ...(result.pdf ? { pdf: await blobOf(work, result.pdf, deliveryOf(intent, 'pdf')) } : {}),
      },
      metadata: converted.metadata,
      warnings: [...converted.warnings, ...result.warnings],
      ...(converted.tokens ? { tokens: converted.tokens } : {}),
      ...(report ? { agent: report } : {}),
      ...(intent.browser?.actions ? { actions: await Promise.all(result.actions.map((one) => actionOf(work, one))) } : {}),
    },
    ...findingsOf(converted),
    ...(work.sees ? { sight: { ...(result.probe === undefined ? {} : { probe: result.probe }), ...(result.screenshot ? { screenshot: result.screenshot } : {}) } } : {}),
  }
}

const shotOrders = ({ formats }: ScrapeIntent, sees: boolean): Pick<RenderOrder, 'screenshot' | 'pdf' | 'probe'> => {
  const screenshot = formats.find((format) => format.kind === 'screenshot')
  const pdf = formats.find((format) => format.kind === 'pdf')
  return { ...(sees ? { probe: { clear: !screenshot } } : {}), ...(screenshot ? { screenshot: screenshot.screenshot ?? {} } : sees ? { screenshot: {} } : {}), ...(pdf ? { pdf: pdf.pdf ?? {} } : {}) }
}

const deliveryOf = ({ formats }: ScrapeIntent, kind: 'screenshot' | 'pdf'): Delivery => {
  const format = formats.find((one) => one.kind === kind)
  return format?.[kind]?.delivery ?? 'url'
}

/** Kept and signed, or inline where that was asked for or nothing keeps blobs here. */
const blobOf = async ({ blobs }: Work, raw: RawBlob, delivery: Delivery): Promise<PageBlob> => {
  const { data, contentType, width, height } = raw
  const facts = { contentType, bytes: data.byteLength, ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) }
  if (delivery === 'base64' || !blobs) return { ...facts, base64: Buffer.from(data).toString('base64') }
  return { ...facts, ...(await blobs.put(data, contentType)) }
}

const actionOf = async (work: Work, { screenshot, ...result }: RawActionResult): Promise<ActionResult> => {
  if (!screenshot) return result
  const action = work.intent.browser?.actions?.[result.index]
  const delivery = action?.type === 'screenshot' ? action.screenshot.delivery : undefined
  return { ...result, screenshot: await blobOf(work, screenshot, delivery ?? 'url') }
}

/** A wall that a browser passes takes its time; an empty frame may still be filled by something that nobody saw coming. */
const patienceMs = (verdict: Verdict): number => {
  if (!browserMayPass(verdict)) return 0
  return verdict.kind === 'blocked' ? 8000 : 3000
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
      ...wishesOf(intent, reads),
    },
    deadline.signal,
  )
