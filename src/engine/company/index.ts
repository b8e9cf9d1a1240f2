import type { CompanyPart } from '../enrich/parts.ts'

/** Undefined until there is one: the part then answers platform.not_configured. */
export const companyPart: CompanyPart | undefined = undefined
