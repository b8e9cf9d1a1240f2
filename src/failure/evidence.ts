/** One attempt at the work, in the order made; `signal` names what decided its outcome. */
export interface Attempt {
  tier: 'cache' | 'http' | 'browser' | 'proxy' | 'model' | 'search' | 'verb'
  url?: string
  /** The address dialled. Absent when policy refused it, so that a refusal tells nothing about a network. */
  address?: string
  protocol?: string
  status?: number
  bytes?: number
  ms: number
  outcome: string
  /** Tier of the proxy that it went through. */
  proxy?: string
  signal?: string
}

/** `signal` of an attempt that fetched a PDF of pictures. */
export const pdfWithoutText = 'pdf without text'
