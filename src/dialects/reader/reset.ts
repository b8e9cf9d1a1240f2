/** Start of the next month, which the contract wants even where nothing is ever reset. */
export const nextReset = (now: Date): string => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString()
