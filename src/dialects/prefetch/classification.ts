import { z } from 'zod'
import type { Classification } from '../../contract/classification.ts'
import type { Company } from '../../contract/company.ts'
import { tickersOf } from './company.ts'

const iab = /^IAB\d{1,2}(?:-\d{1,2})?$/

/** Of the last four the vendor tells the meaning and no names. */
export const classificationSchema = z.object({
  iab_id: z.string().regex(iab),
  iab_parent_id: z.string().regex(/^IAB\d{1,2}$/),
  category: z.string(),
  subcategory: z.string().nullable(),
  description: z.string(),
  tagline_description: z.string().nullable(),
  long_description: z.string().nullable(),
  stock_tickers: z.array(z.string()),
  isins: z.array(z.string()),
  iab_v2_id: z.string().nullable(),
  iab_v3_id: z.string().nullable(),
  confidence: z.number(),
})

/** Descriptions and shares are what the company part reads; without it they are empty. */
export const renderClassification = (found: Classification, company: Company | undefined): z.output<typeof classificationSchema> => ({
  iab_id: found.iab_id,
  iab_parent_id: found.iab_parent_id,
  category: found.category,
  subcategory: found.subcategory,
  description: company?.description?.value ?? '',
  tagline_description: company?.tagline?.value ?? null,
  long_description: company?.long_description?.value ?? null,
  stock_tickers: company ? tickersOf(company) : [],
  isins: company?.isins.map(({ value }) => value) ?? [],
  iab_v2_id: found.iab_v2?.id ?? null,
  iab_v3_id: found.iab_v3?.id ?? null,
  confidence: found.confidence,
})
