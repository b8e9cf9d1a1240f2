/** Milliseconds since the epoch; injected wherever a test must own time. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
