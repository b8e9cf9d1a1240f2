import type { ClassifyPart } from '../enrich/parts.ts'
import { classify } from './classify.ts'

export const classifyPart: ClassifyPart = { read: classify }
