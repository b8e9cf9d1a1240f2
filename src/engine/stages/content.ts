import { setTimeout as wait } from 'node:timers/promises'
import type { GivenContent } from '../../contract/intent.ts'
import { fail } from '../../failure/failure.ts'
import type { RungResult, Work } from '../engine.ts'
import { findingsOf } from './extract.ts'
import { wishesOf } from './wishes.ts'

/** A page that the caller brought along. It is converted like any other; whatever it looks like, it is not refused as a wall. */
export const contentRung = async (work: Work, content: GivenContent): Promise<RungResult & { kind: 'document' }> => {
  const { intent, deadline, timings } = work
  if (content.delayMs) await wait(content.delayMs, undefined, { signal: deadline.signal }).catch(() => deadline.signal.throwIfAborted())
  const started = work.clock()
  const converted = await work.converter.convert(
    {
      body: new TextEncoder().encode(content.body),
      contentType: `${content.type}; charset=utf-8`,
      url: intent.url,
      status: 200,
      headers: [],
      ...wishesOf(intent, work.reads),
      given: true,
    },
    deadline.signal,
  )
  timings.convert = work.clock() - started
  if (converted.verdict.kind === 'empty') throw fail('content.empty')
  return {
    kind: 'document',
    document: {
      url: intent.url, finalUrl: intent.url, status: 200, contentType: converted.contentType, fetchedAt: new Date(started).toISOString(),
      renderer: 'static', cached: false, formats: converted.formats, metadata: converted.metadata, warnings: converted.warnings,
      ...(converted.tokens ? { tokens: converted.tokens } : {}),
 ...(converted.tokens ? { tokens: converted.tokens } : {}),
    },
    ...findingsOf(converted),
  }
}
