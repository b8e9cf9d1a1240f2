const seconds = 1_000
const minutes = 60 * seconds
const hours = 60 * minutes

/** When each attempt is due, counted from the event. */
export const attemptsAtMs: readonly number[] = [
  0, 5 * seconds, 5 * minutes, 30 * minutes, 2 * hours, 5 * hours, 10 * hours, 14 * hours, 20 * hours, 24 * hours,
]

const retryAfterMsMax = 24 * hours

/** When the attempt after `attempt` (0 is the first) is due; null after the last. A receiver may ask for more time, within a day. */
export const nextAttempt = (attempt: number, begunAt: Date, now: Date, retryAfterMs: number | undefined): Date | null => {
  const due = attemptsAtMs[attempt + 1]
  if (due === undefined) return null
  // Where an attempt came late, the next one keeps its distance all the same.
  const gap = due - (attemptsAtMs[attempt] ?? 0)
  const planned = Math.max(begunAt.getTime() + due, now.getTime() + Math.min(gap, 5 * minutes))
  const asked = retryAfterMs === undefined ? 0 : now.getTime() + Math.min(retryAfterMs, retryAfterMsMax)
  return new Date(Math.max(planned, asked))
}

/** Seconds or a date, in milliseconds from now. */
export const retryAfterMs = (header: string | null, now: Date): number | undefined => {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * seconds
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime())
}
