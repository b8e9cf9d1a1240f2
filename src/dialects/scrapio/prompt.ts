import { z } from 'zod'
import type { Document } from '../../contract/document.ts'
import type { ScrapeIntent } from '../../contract/intent.ts'
import { fail } from '../../failure/failure.ts'
import { route } from '../dialect.ts'
import { modelSetting } from './failure.ts'
import { promptPrices } from './prices.ts'
import { readOutputs } from './outputs.ts'
import { interactBody } from './surfaces.ts'

type InteractBody = z.output<typeof interactBody>

export const promptIntent = (_wish: InteractBody): ScrapeIntent => {
  throw fail('platform.not_configured', { setting: modelSetting })
}

export const prompted = (document: Document, wish: InteractBody, origin: string) => {
  const { outputs, failures } = readOutputs(document, wish, 'html', origin)
  return { result: { outputs, final_url: document.finalUrl }, failures }
}

export const promptRoute = route({
  method: 'POST', path: '/v1/interact', verb: 'scrape', prices: promptPrices, summary: 'A prompt in a browser',
  body: interactBody, response: z.looseObject({}),
  toIntent: ({ body }) => promptIntent(body),
  render: () => ({ status: 200, body: {} }),
})
