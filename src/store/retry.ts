import { setTimeout as sleep } from 'node:timers/promises'

/** Long enough for a database to be started anew. */
const patienceMs = 10_000
const pauseMsMax = 1_000

/** Runs a step that may safely run twice, again if the connection was lost or the database had to give way. */
export const retryLost = async <T>(step: () => Promise<T>, forMs = patienceMs): Promise<T> => {
  const until = performance.now() + forMs
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMsMax, pauseMs * 2)) {
    try {
      return await step()
    } catch (err) {
      if (!isPassing(err) || performance.now() >= until) throw err
      await sleep(pauseMs * (0.5 + Math.random()))
    }
  }
}

// serialization failure, deadlock, too many connections, server stopping and starting
const passingStates = new Set(['40001', '40P01', '53300', '57P01', '57P02', '57P03'])

const ours = new Set(['Failure', 'StoreError', 'TypeError', 'RangeError', 'SyntaxError'])

/** An error without an SQLSTATE did not come from the server but from the way to it. */
const isPassing = (err: unknown): boolean => {
  if (!(err instanceof Error)) return false
  const state = 'code' in err ? String(err.code) : ''
  if (passingStates.has(state) || state.startsWith('08')) return true
  return !/^[0-9A-Z]{5}$/.test(state) && !ours.has(err.name)
}
