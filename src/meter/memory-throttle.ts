import type { Actor } from '../contract/actor.ts'
import type { Clock } from '../lib/clock.ts'
import { concurrencyLimited, rateLimited, rateState, windowMs, type Entrance, type Throttle } from './throttle.ts'

/** Addresses remembered at once; beyond it the longest known are forgotten, so that a flood of them cannot fill the memory. */
const addressesMax = 100_000

export const createMemoryThrottle = (clock: Clock): Throttle => {
  const addresses = new Map<string, { minute: number; counted: number }>()
  const windows = new Map<string, SlidingWindow>()
  const running = new Map<string, number>()
  let last = clock()
  let lead = 0

  // A clock that is set back must not reopen a window, nor keep it shut until the clock has come as far again.
  const now = (): number => {
    const read = clock()
    if (read < last) lead += last - read
    last = read
    return read + lead
  }

  const rateOf = ({ keyId, limits: { rpm } }: Actor, at: number) => {
    if (rpm === null) return {}
    const window = windows.get(keyId)
    return { rate: rateState(rpm, window?.count(at) ?? 0, window?.waitMs(at) ?? windowMs) }
  }

  return {
    countAddress: async (address) => {
      const at = now()
      const minute = Math.floor(at / windowMs)
      const known = addresses.get(address)
      const entry = known?.minute === minute ? known : { minute, counted: 0 }
      entry.counted++
      if (entry !== known) {
        addresses.delete(address)
        addresses.set(address, entry)
        if (addresses.size > addressesMax) for (const oldest of addresses.keys()) { addresses.delete(oldest); break }
      }
      return { counted: entry.counted, resetMs: (minute + 1) * windowMs - at }
    },

    enter: async (actor): Promise<Entrance> => {
      const { keyId, limits: { rpm, concurrency } } = actor
      const at = now()
      const count = running.get(keyId) ?? 0
      let window = windows.get(keyId)
      if (rpm !== null && (window?.count(at) ?? 0) >= rpm) throw rateLimited(rpm, window?.waitMs(at) ?? windowMs)
      if (concurrency !== null && count >= concurrency) throw concurrencyLimited(concurrency, count)
      if (rpm !== null) {
        if (!window) windows.set(keyId, (window = new SlidingWindow()))
        window.add(at)
      }
      running.set(keyId, count + 1)
      let left = false
      return {
        ...rateOf(actor, at),
        concurrency: { limit: concurrency, running: count + 1 },
        leave: async () => {
          if (left) return
          left = true
          const remaining = (running.get(keyId) ?? 1) - 1
          if (remaining > 0) running.set(keyId, remaining)
          else running.delete(keyId)
        },
      }
    },

    look: async (actor) => ({
      ...rateOf(actor, now()),
      concurrency: { limit: actor.limits.concurrency, running: running.get(actor.keyId) ?? 0 },
      leave: async () => {},
    }),

    renew: async () => {},

    sweep: async () => {
      const at = now()
      const minute = Math.floor(at / windowMs)
      for (const [address, entry] of addresses) if (entry.minute < minute) addresses.delete(address)
      for (const [keyId, window] of windows) if (window.count(at) === 0) windows.delete(keyId)
    },
  }
}

/** Times of the events of the last minute, oldest first. An event leaves exactly 60 s after it came. */
class SlidingWindow {
  #times: number[] = []
  #head = 0

  count(now: number): number {
    while (this.#head < this.#times.length && (this.#times[this.#head] ?? 0) <= now - windowMs) this.#head++
    if (this.#head > 64 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head)
      this.#head = 0
    }
    return this.#times.length - this.#head
  }

  add(now: number): void {
    this.#times.push(now)
  }

  /** Until the oldest event leaves. */
  waitMs(now: number): number {
    const oldest = this.#times[this.#head]
    return oldest === undefined ? windowMs : oldest + windowMs - now
  }
}
