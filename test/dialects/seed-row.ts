import type { TestApp } from '../harness.ts'

/** One row of a table of a vendor's error page, and the test that causes it for real. */
export interface SeedRow {
  /** Heading of the table in the vendor's page. */
  table: string
  /** The row as the page has it, shortened: `401 unauthenticated`. */
  row: string
  /** `recorded` seen from the live service or its real client, `documented` by the vendor, `assumed` by us. */
  source: 'recorded' | 'documented' | 'assumed'
  /** What waits, and for which part of the project; a pending row has no test. */
  pending?: string
  /** Causes the row through the dialect and asserts status, code or message, envelope, headers, and that nothing was billed. */
  run?(app: TestApp): Promise<void>
}
