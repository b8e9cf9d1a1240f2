/**
 * How many real pages the judge takes for something else than a page. All pages of the corpus are pages.
 *
 *   CORPUS_DIR=… node bench/judge.ts
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { convertDocument } from '../src/engine/convert/convert-document.ts'

const corpus = process.env.CORPUS_DIR
if (!corpus || !existsSync(join(corpus, 'ground-truth.jsonl.gz'))) {
  console.error('CORPUS_DIR is not set, or holds no ground-truth.jsonl.gz: there is nothing to judge.')
  process.exit(1)
}

const pages = gunzipSync(readFileSync(join(corpus, 'ground-truth.jsonl.gz'))).toString().trim().split('\n').map((line) => JSON.parse(line) as { id: string; url: string })
let flagged = 0
for (const page of pages) {
  const body = gunzipSync(readFileSync(join(corpus, 'html', `${page.id}.html.gz`)))
  const { verdict } = await convertDocument({ body, contentType: 'text/html', url: page.url, status: 200, headers: [], formats: [], mode: 'normal', includeSelectors: [], excludeSelectors: [] })
  if (verdict.kind === 'ok') continue
  flagged++
  console.log(page.id, page.url, JSON.stringify(verdict))
}
console.log(`${flagged} of ${pages.length} pages flagged`)
