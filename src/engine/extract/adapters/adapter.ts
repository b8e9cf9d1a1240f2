import type { Page } from '../../convert/dom/parse.ts'
import type { Resolve } from '../../convert/dom/url.ts'

/** What one large site says in its own markup, in the words of schema.org. Reads nothing but the page it is given. */
export interface Adapter {
  name: string
  /** Cheap: host, path, an id that only this site has. */
  fits(page: Page, url: URL): boolean
  /** Undefined where the page is none of those that it knows. */
  read(page: Page, url: URL, resolve: Resolve): Record<string, unknown> | undefined
}
