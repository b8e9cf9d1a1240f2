import type { CompanyPart } from '../enrich/parts.ts'
import { pagesOf } from './pages.ts'
import { readCompany } from './read.ts'

export const companyPart: CompanyPart = { pagesOf, read: readCompany }
