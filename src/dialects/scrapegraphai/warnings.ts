import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import type { Attempt } from '../../failure/evidence.ts'

const reasons = ['too_short', 'empty', 'bot_blocked', 'spa_shell', 'soft_404'] as const
type Reason = (typeof reasons)[number]

export const warning = z.object({ reason: z.enum(reasons), provider: z.string().optional() })

/** Fewer words than this are hardly a page. */
const wordsMin = 20

/** What an attempt ran into before a later one gave the page. */
const reasonOf = ({ outcome, signal }: Attempt): Reason | undefined => {
  if (outcome === 'content.empty') return signal === undefined ? 'empty' : 'spa_shell'
  if (outcome === 'target.blocked' || outcome === 'target.rate_limited') return 'bot_blocked'
  return undefined
}

/** A page that was given up altogether is a failure, and no warning. */
export const warningsOf = (document: Document, evidence: readonly Attempt[]): z.output<typeof warning>[] => {
  const found = evidence.flatMap((attempt) => {
    const reason = reasonOf(attempt)
    return reason ? [{ reason, provider: attempt.tier }] : []
  })
  const words = document.metadata.word_count
  const isShort = words !== undefined && words < wordsMin
  return [...found, ...(isShort ? [{ reason: 'too_short' as const, provider: document.renderer === 'js' ? 'browser' : 'http' }] : [])]
}
