import { randomUUID } from 'node:crypto'

const wellFormed = /^[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/

/** The caller's own id where it is well formed, otherwise a new UUID. */
export const requestIdFrom = (header: string | null): string =>
  header !== null && wellFormed.test(header) ? header : randomUUID()
