import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Real pages from the folder in CORPUS_DIR (`html/*.html.gz` below it or below `wcxb-dev`), or undefined with a line that says so. */
export const corpusPages = (): { name: string; html: Buffer }[] | undefined => {
  const root = process.env.CORPUS_DIR
  if (!root) {
    console.log('CORPUS_DIR is not set: there are no real pages to measure with. Set it to a folder with html/*.html.gz.')
    return undefined
  }
  const folder = [join(root, 'html'), join(root, 'wcxb-dev', 'html')].find((path) => existsSync(path))
  if (!folder) {
    console.log(`CORPUS_DIR=${root} has no html folder.`)
    return undefined
  }
  return readdirSync(folder).filter((file) => file.endsWith('.html.gz')).sort().map((file) => ({ name: file.replace('.html.gz', ''), html: gunzipSync(readFileSync(join(folder, file))) }))
}
