import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Parser } from 'htmlparser2'
import { DomHandler, type Document } from 'domhandler'

export const pageTypes = ['article', 'documentation', 'service', 'forum', 'collection', 'listing', 'product'] as const
export type PageType = (typeof pageTypes)[number]

export interface CorpusPage {
  id: string
  type: PageType
  url: string
  title: string
  truth: string
  with: string[]
  without: string[]
  html: string
}

/** The pages of the benchmark (WCXB: `ground-truth.jsonl.gz` and `html/<id>.html.gz`), or null when CORPUS_DIR names none. */
export const readCorpus = (): CorpusPage[] | null => {
  const given = process.env.CORPUS_DIR
  if (given === undefined || given === '') return null
  const directory = existsSync(join(given, 'ground-truth.jsonl.gz')) ? given : join(given, 'wcxb-dev')
  const index = join(directory, 'ground-truth.jsonl.gz')
  if (!existsSync(index)) return null
  const rows = gunzipSync(readFileSync(index)).toString('utf8').trim().split('\n')
  return rows.map((row) => {
    const page = JSON.parse(row) as Record<string, unknown> & { id: string; type: PageType; url: string }
    return {
      id: page.id, type: page.type, url: page.url,
      title: typeof page.title === 'string' ? page.title : '',
      truth: typeof page.main_content === 'string' ? page.main_content : '',
      with: Array.isArray(page.with) ? (page.with as string[]) : [],
      without: Array.isArray(page.without) ? (page.without as string[]) : [],
      html: gunzipSync(readFileSync(join(directory, 'html', `${page.id}.html.gz`))).toString('utf8'),
    }
  })
}

export const noCorpus = 'No corpus: set CORPUS_DIR to a copy of the WCXB development pages (ground-truth.jsonl.gz and html/).'

/** htmlparser2 with the depth cap of the engine: elements below level 512 become siblings of it. */
export const parse = (html: string): Document => {
  let depth = 0
  const handler = new DomHandler()
  const parser = new Parser({
    onparserinit: (p) => handler.onparserinit(p),
    onopentag: (name, attribs) => { if (depth++ < 512) handler.onopentag(name, attribs) },
    onclosetag: () => { if (--depth < 512) handler.onclosetag() },
    ontext: (data) => handler.ontext(data),
    oncomment: (data) => handler.oncomment(data),
    oncommentend: () => handler.oncommentend(),
    onprocessinginstruction: (name, data) => handler.onprocessinginstruction(name, data),
    oncdatastart: () => handler.oncdatastart(),
    oncdataend: () => handler.oncdataend(),
    onend: () => handler.onend(),
  })
  parser.end(html)
  return handler.root
}
