import { createHash } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import type { Store } from '../store/db.ts'
import { fanOutOnce, workspacesThatWant } from '../store/webhooks.ts'
import { workspaceCredits } from '../store/workspaces.ts'

/** Of the monthly credits, that which counts as few. */
const share = 0.1

/** Tells once a month of each workspace whose credits run low. How many it told. */
export const createLowCreditWatch = ({ store: { db }, clock }: { store: Store; clock: Clock }) => ({
  async run(): Promise<number> {
    const now = new Date(clock())
    let told = 0
    for (const workspaceId of await workspacesThatWant(db, 'credits.low')) {
      const state = await workspaceCredits(db, workspaceId, now)
      if (!state || state.monthlyCredits === null || state.balance >= state.monthlyCredits * share) continue
      const resetAt = state.resetAt.toISOString()
      const id = `evt_${createHash('md5').update(`credits.low/${workspaceId}/${resetAt}`).digest('hex')}`
      if (await fanOutOnce(db, { workspaceId, monitorId: null, type: 'credits.low', id, data: { balance: state.balance, limit: state.monthlyCredits, used: state.used, reset_at: resetAt }, now })) told++
    }
    return told
  },
})
