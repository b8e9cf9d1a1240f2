import type { Page } from '../convert/dom/parse.ts'
import type { Visible } from '../convert/output/text.ts'

/** The final answer of a site: what was received, and what of it a reader would see. */
export interface Evidence {
  status: number
  headers: readonly (readonly [string, string])[]
  url: string
  /** Scripts have run: what is missing now is missing. */
  rendered?: boolean
  /** The decoded body; `''` where it was not read. */
  source: string
  /** Undefined where the body is no web page. */
  page: Page | undefined
  visible: Visible | undefined
}

export const headerOf = (evidence: Evidence, name: string): string | undefined =>
  evidence.headers.find(([key]) => key.toLowerCase() === name)?.[1]
