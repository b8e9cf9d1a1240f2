import { isTextFormat, type ScrapeIntent } from '../../contract/intent.ts'
import type { ConvertInput } from '../convert/index.ts'

type Wishes = Pick<ConvertInput, 'formats' | 'mode' | 'heading' | 'includeSelectors' | 'excludeSelectors' | 'material' | 'maxPages' | 'maxTokens' | 'section' | 'pageKind'>

/** What of an intent concerns the conversion, the same on every rung. `reads`: a model will read the page. */
export const wishesOf = (intent: ScrapeIntent, reads: boolean): Wishes => ({
  formats: intent.formats.filter(isTextFormat),
  mode: intent.mode,
  heading: intent.heading ?? false,
  includeSelectors: intent.includeSelectors,
  excludeSelectors: intent.excludeSelectors,
  material: reads,
  ...(intent.maxPages === undefined ? {} : { maxPages: intent.maxPages }),
  ...(intent.maxTokens === undefined ? {} : { maxTokens: intent.maxTokens }),
  ...(intent.pageKind === undefined ? {} : { pageKind: intent.pageKind }),
  ...(intent.section === undefined ? {} : { section: intent.section }),
})
