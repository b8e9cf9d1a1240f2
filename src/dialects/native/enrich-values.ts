import { z } from 'zod'
import { proofSources } from '../../contract/proof.ts'

const proven = {
  confidence: z.number().min(0).max(1),
  evidence: z.array(z.object({ source: z.enum(proofSources), at: z.string().optional(), url: z.string().optional() })),
}
const fact = z.looseObject({ value: z.unknown(), ...proven })
const items = z.array(z.looseObject(proven))

export const brand = z.looseObject({
  name: fact.optional(),
  logos: z.array(z.looseObject({ url: z.string(), type: z.string(), checked: z.boolean(), ...proven })),
  favicon: z.looseObject({ url: z.string(), ...proven }).optional(),
  colors: z.looseObject({
    palette: z.array(z.looseObject({ hex: z.string(), name: z.string(), contrast: z.number(), roles: z.array(z.string()), weight: z.number(), ...proven })),
    screenshot: z.array(z.object({ hex: z.string(), name: z.string(), share: z.number() })),
  }),
  color_scheme: fact,
  fonts: z.array(z.looseObject({ family: z.string(), stack: z.string(), roles: z.array(z.string()), origin: z.string(), weights: z.array(z.number()), ...proven })),
  typography: z.record(z.string(), z.looseObject({ size: z.number().optional() })),
  buttons: items,
  frameworks: z.array(z.looseObject({ name: z.string(), kind: z.string(), ...proven })),
  social: z.array(z.looseObject({ network: z.string(), url: z.string(), handle: z.string().optional(), ...proven })),
  open_graph: z.record(z.string(), z.string()),
  styles: z.enum(['computed', 'static']),
})

export const company = z.looseObject({
  name: fact.optional(),
  legal_name: fact.optional(),
  description: fact.optional(),
  tagline: fact.optional(),
  emails: z.array(z.looseObject({ value: z.string(), role: z.boolean(), ...proven })),
  phones: z.array(z.looseObject({ value: z.string(), ...proven })),
  addresses: z.array(z.looseObject({ formatted: z.string(), ...proven })),
  registrations: z.array(z.looseObject({ value: z.string(), kind: z.string(), ...proven })),
  pages: z.array(z.string()),
})

export const classification = z.looseObject({
  iab_id: z.string(),
  iab_parent_id: z.string(),
  category: z.string(),
  subcategory: z.string().nullable(),
  alternatives: z.array(z.looseObject({ iab_id: z.string(), category: z.string(), subcategory: z.string().nullable(), confidence: z.number() })),
  method: z.string(),
  ...proven,
})
