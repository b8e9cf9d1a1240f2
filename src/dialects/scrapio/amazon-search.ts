import type { JobPage } from '../../contract/jobs.ts'

export const amazonCrawled = (_pages: readonly JobPage[], _input: Record<string, unknown>): unknown => ({})
