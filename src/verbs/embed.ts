import type { EmbedValue } from '../contract/answer.ts'
import { succeeded, type Outcome } from '../contract/outcome.ts'
import { fail } from '../failure/failure.ts'
import { configured, embeddingSetting, underDeadline } from './models.ts'
import { refuseByName } from './search.ts'
import type { Metered } from './table.ts'

const embedMs = 120_000

/** Vectors of texts from the operator's endpoint. */
export const embed: Metered<'embed'> = {
  scope: 'scrape',
  reserve: (_, prices) => prices.embedding ?? prices.page,
  cost: (_, __, prices) => prices.embedding ?? prices.page,
  url: () => null,
  run: (deps, visit, actor, { texts, kind, dimensions }) => {
    for (const text of texts) refuseByName(text, actor)
    const embedder = configured(deps.models.embedder, actor.mode, embeddingSetting)
    return underDeadline(embedMs, visit.signal, async ({ signal }): Promise<Outcome<EmbedValue>> => {
      const { vectors, inputTokens } = await embedder.embed({ texts, kind, owner: actor.keyId, signal })
      const length = vectors[0]?.length ?? 0
      if (dimensions !== undefined && dimensions > length) {
        throw fail('caller.invalid_request', { issues: [{ path: ['dimension'], code: 'too_big', message: `dimension must be at most ${length}: the model of this server has no more` }] })
      }
      return succeeded({ model: embedder.name, vectors: dimensions === undefined ? vectors : vectors.map((vector) => vector.slice(0, dimensions)), inputTokens })
    })
  },
}
