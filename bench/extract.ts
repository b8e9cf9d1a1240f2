/**
 * Main content: word F1 per page type and time per page, beside peers in the same run.
 *   CORPUS_DIR=… node bench/extract.ts            all extractors; ours in sample, and on unseen folds when those were made
 *   CORPUS_DIR=… node bench/extract.ts --folds    makes the folds first (some minutes)
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { barChart, type Series } from './extract-chart.ts'
import { noCorpus, pageTypes, readCorpus, type CorpusPage, type PageType } from './extract-corpus.ts'
import { extractors, type Extractor } from './extract-peers.ts'
import { mean, quantile, score } from './extract-score.ts'

interface Result { name: string; perType: Record<string, number>; mean: number; failed: number; p50: number; p95: number; max: number; withFound: number; withoutFound: number }

/** Published by its author on the whole development split: not the same run, and its own HTML-to-text step. */
const published: Record<PageType, number> = { article: 0.932, documentation: 0.932, service: 0.844, forum: 0.808, collection: 0.716, listing: 0.707, product: 0.641 }
const out = new URL('out/', import.meta.url)
const cvFile = new URL('extract-cv.json', out)

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')
const foundShare = (text: string, snippets: readonly string[]): number =>
  (snippets.length === 0 ? Number.NaN : mean(snippets.map((snippet) => (text.includes(plain(snippet).trim()) ? 1 : 0))))

const run = async (name: string, extract: Extractor, corpus: readonly CorpusPage[]): Promise<Result> => {
  const times: number[] = []
  const scores = new Map<PageType, number[]>(pageTypes.map((type) => [type, []]))
  const withFound: number[] = []
  const withoutFound: number[] = []
  let failed = 0
  // Peers write warnings about pages to the console.
  const { error, warn, log } = console
  for (const page of corpus) {
    let text = ''
    const started = performance.now()
    try {
      console.error = console.warn = console.log = () => {}
      const give = await extract(page.html, page.url)
      times.push(performance.now() - started)
      text = give()
    } catch {
      times.push(performance.now() - started)
      failed++
    } finally {
      Object.assign(console, { error, warn, log })
    }
    scores.get(page.type)?.push(score(text, page.truth).f1)
    const flat = plain(text)
    withFound.push(foundShare(flat, page.with))
    withoutFound.push(foundShare(flat, page.without))
  }
  const perType = Object.fromEntries(pageTypes.map((type) => [type, mean(scores.get(type) ?? [])]))
  const known = (values: number[]): number => mean(values.filter((value) => !Number.isNaN(value)))
  return {
    name, perType, mean: mean(Object.values(perType)), failed, p50: quantile(times, 0.5), p95: quantile(times, 0.95), max: Math.max(...times),
    withFound: known(withFound), withoutFound: known(withoutFound),
  }
}

const unseen = (corpus: readonly CorpusPage[]): Result | null => {
  if (!existsSync(cvFile)) return null
  const scores = JSON.parse(readFileSync(cvFile, 'utf8')) as Record<string, { f1: number }>
  const perType = Object.fromEntries(pageTypes.map((type) => [type, mean(corpus.filter((page) => page.type === type).map((page) => scores[page.id]?.f1 ?? 0))]))
  return { name: 'lyrebird, unseen folds', perType, mean: mean(Object.values(perType)), failed: 0, p50: 0, p95: 0, max: 0, withFound: 0, withoutFound: 0 }
}

const row = (result: Result): string =>
  [result.name.padEnd(24), ...pageTypes.map((type) => (result.perType[type] ?? 0).toFixed(3).padStart(7)), result.mean.toFixed(4).padStart(8),
    ...(result.p50 > 0 ? [String(result.failed).padStart(7), result.p50.toFixed(1).padStart(7), result.p95.toFixed(1).padStart(7), result.max.toFixed(0).padStart(7), result.withFound.toFixed(3).padStart(6), result.withoutFound.toFixed(3).padStart(8)] : [])].join(' ')

const main = async (corpus: readonly CorpusPage[]): Promise<void> => {
  mkdirSync(out, { recursive: true })
  if (process.argv.includes('--folds')) spawnSync(process.execPath, [fileURLToPath(new URL('../scripts/train-main-content.ts', import.meta.url)), '--cv'], { stdio: 'inherit' })
  const results: Result[] = []
  console.log([' '.repeat(24), ...pageTypes.map((type) => type.slice(0, 7).padStart(7)), 'mean'.padStart(8), 'failed'.padStart(7), 'p50 ms'.padStart(7), 'p95'.padStart(7), 'max'.padStart(7), 'with', 'without'].join(' '))
  const folds = unseen(corpus)
  if (folds === null) console.log('(no unseen-fold row: run with --folds)')
  else {
    results.push(folds)
    console.log(row(folds))
  }
  for (const [name, extract] of Object.entries(extractors)) {
    // A first pass over some pages lets the compiler warm up alike for all.
    await run(name, extract, corpus.filter((_, i) => i % 14 === 0))
    const result = await run(name, extract, corpus)
    if (name.startsWith('lyrebird')) result.name += ', in sample'
    results.push(result)
    console.log(row(result))
  }
  const reference: Result = { name: 'rs-trafilatura, published', perType: published, mean: mean(Object.values(published)), failed: 0, p50: 0, p95: 0, max: 0, withFound: 0, withoutFound: 0 }
  results.push(reference)
  console.log(row(reference))
  for (const { name, p50, p95 } of results) if (name.startsWith('lyrebird') && p50 > 0) console.log(`${name}: p50 ${p50.toFixed(1)} ms (goal 20), p95 ${p95.toFixed(1)} ms (goal 150) a page, parsing included`)
  writeFileSync(new URL('extract.json', out), `${JSON.stringify(results, null, 2)}\n`)
  const colours = ['#1b6e53', '#7cc4a8', '#b7dfd0', '#4a6fa5', '#8e6bb0', '#c9974b', '#999999']
  const series: Series[] = results.map((result, i) => ({ name: result.name, colour: colours[i % colours.length] ?? '#000', values: [...pageTypes.map((type) => result.perType[type] ?? 0), result.mean] }))
  writeFileSync(new URL('extract.svg', out), barChart('Main content: word F1 per page type', `${corpus.length} pages of the WCXB development split; rs-trafilatura as published by its author, the rest in one run`, [...pageTypes, 'mean'], series))
}

const corpus = readCorpus()
if (corpus === null) {
  console.error(noCorpus)
  process.exitCode = 1
} else await main(corpus)
