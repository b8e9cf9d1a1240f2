import { setTimeout as sleep } from 'node:timers/promises'

const attempts = 5

/** Runs a step that may safely run twice, again if the connection was lost or the database had to give way. */
export const retryLost = async <T>(step: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step()
    } catch (err) {
      if (attempt === attempts || !isPassing(err)) throw err
      await sleep(50 * 2 ** attempt * (0.5 + Math.random()))
    }
  }
}

// serialization failure, deadlock, too many connections, server stopping and starting
const passingStates = new Set(['40001', '40P01', '53300', '57P01', '57P02', '57P03'])

/** An error without an SQLSTATE did not come from the server but from the way to it. */
const isPassing = (err: unknown): boolean => {
  if (!(err instanceof Error)) return false
  const state = 'code' in err ? String(err.code) : ''
  if (passingStates.has(state) || state.startsWith('08')) return true
  return !/^[0-9A-Z]{5}$/.test(state) && err.name !== 'Failure'
}
