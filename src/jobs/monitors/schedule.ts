import { Cron } from 'croner'

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const everyMsMin = 60_000
const everyMsMax = 366 * 86_400_000

/** When a schedule is due next after an instant; undefined where it is none, or comes more often than once a minute. */
export const nextRun = (schedule: string, timeZone: string, anchor: Date, after: Date): Date | undefined => {
  const every = everyMs(schedule)
  if (every !== undefined) {
    if (every < everyMsMin || every > everyMsMax) return undefined
    return new Date(anchor.getTime() + (Math.floor((after.getTime() - anchor.getTime()) / every) + 1) * every)
  }
  // Six fields would be seconds.
  if (schedule.trim().split(/\s+/).length !== 5) return undefined
  try {
    return new Cron(schedule, { timezone: timeZone, paused: true }).nextRun(after) ?? undefined
  } catch {
    // croner says in its own words what is wrong; the caller names the field.
    return undefined
  }
}

const everyMs = (schedule: string): number | undefined => {
  const match = /^\s*(?:every\s+)?(\d{1,6})\s*(s|m|h|d|w)[a-z]*\s*$/i.exec(schedule)
  return match ? Number(match[1]) * units[(match[2] ?? 'm').toLowerCase() as keyof typeof units] : undefined
}
