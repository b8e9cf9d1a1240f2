import type { Actor } from '../../contract/actor.ts'
import type { BlobStore } from '../../contract/blobs.ts'
import type { Document } from '../../contract/document.ts'
import type { PageOptions } from '../../contract/jobs.ts'
import { costOf, type PriceList } from '../../contract/price.ts'
import type { JobWork, PageOutcome } from '../../jobs/handlers.ts'
import type { Store } from '../../store/db.ts'
import type { PageFacts } from '../../store/job-results.ts'
import { pack } from '../../store/pack.ts'
import type { VerbDeps } from '../deps.ts'

export type WorkDeps = Pick<VerbDeps, 'engine' | 'cacheOf' | 'pages' | 'profiles' | 'searcher' | 'adoptions' | 'logger' | 'clock' | 'meter'> & { store: Store; blobs?: BlobStore }

// Safe: all three were written by the verb that submitted the job.
export const actorOf = (job: JobWork): Actor => job.actor as Actor
export const pricesOf = (job: JobWork): PriceList => job.prices as PriceList
export const intentOf = <T>(job: JobWork): T => job.intent as T

/** Test keys and the command line of this machine pay nothing. */
export const isFree = (actor: Pick<Actor, 'mode' | 'keyId'>): boolean => actor.mode === 'test' || actor.keyId === 'operator'

interface Made {
  /** How long it took. */
  ms: number
  /** Where not those of the job. */
  prices?: PriceList
  links?: string[]
}

/** A fetched page as its row in the results. */
export const pageDone = async (job: JobWork, options: PageOptions, document: Document, { ms, prices = pricesOf(job), links = [] }: Made): Promise<PageOutcome> => {
  const { body, encoding } = await pack(JSON.stringify(document))
  const facts: PageFacts = {
    status: document.status,
    contentType: document.contentType,
    finalUrl: document.finalUrl,
    ms: Math.round(ms),
    ...(document.metadata.title === undefined ? {} : { title: document.metadata.title.slice(0, 500) }),
    ...(links.length > 0 ? { links } : {}),
  }
  return {
    state: 'done',
    credits: isFree(actorOf(job)) ? 0 : costOf(options, document, prices),
    facts,
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
    encoding,
  }
}
