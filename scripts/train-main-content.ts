/**
 * Trains the models of src/engine/convert/main-content on the corpus named by CORPUS_DIR.
 *   node scripts/train-main-content.ts            cross-validates, then trains on all pages and writes model.json
 *   node scripts/train-main-content.ts --cv       cross-validates only
 *   node scripts/train-main-content.ts --no-cv    trains only
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { noCorpus, pageTypes, parse, readCorpus, type CorpusPage } from '../bench/extract-corpus.ts'
import { mean, score, textOf } from '../bench/extract-score.ts'
import { selectWith } from '../src/engine/convert/main-content/index.ts'
import { firstRows, normalised, prepare, secondRows, spread, type Prepared } from '../src/engine/convert/main-content/judge.ts'
import { unpackModel, type PackedModel } from '../src/engine/convert/main-content/model.ts'
import { pageFeatureNames } from '../src/engine/convert/main-content/page-features.ts'
import { binAll, edgesOf, pack, predict, train, type Forest, type TrainOptions } from './train-forest.ts'
import { firstWidth, secondWidth } from '../src/engine/convert/main-content/widths.ts'
import { groupFolds, siteOf } from './train-folds.ts'
import { keyShares, learnLexicon, type KeyShares } from './train-lexicon.ts'
import { labelBlocks } from './train-labels.ts'

const kindOptions: TrainOptions = { trees: 60, leaves: 6, rate: 0.1, leafWeight: 3, lambda: 2, pageShare: 0.7, rowShare: 1, featureShare: 0.4, seed: 1 }
const firstOptions: TrainOptions = { trees: 150, leaves: 24, rate: 0.08, leafWeight: 20, lambda: 5, pageShare: 1, rowShare: 0.4, featureShare: 0.3, seed: 1 }
const secondOptions: TrainOptions = { trees: 100, leaves: 16, rate: 0.06, leafWeight: 30, lambda: 5, pageShare: 1, rowShare: 0.4, featureShare: 0.3, seed: 2 }

interface Sample {
  page: CorpusPage
  prepared: Prepared
  shares: KeyShares
  labels: Float32Array
  weights: Float32Array
}

const sampleOf = (page: CorpusPage): Sample => {
  const prepared = prepare(parse(page.html), page.url)
  const { blocks } = prepared.description.page
  const { label, words } = labelBlocks(blocks.map((block) => block.text), page.truth)
  // Each page counts alike: a word weighs what it can move the page's F1.
  const truth = label.reduce((sum, value, i) => sum + value * (words[i] ?? 0), 0)
  const all = words.reduce((sum, value) => sum + value, 0)
  return {
    page, prepared, shares: keyShares(prepared.description.page, label, siteOf(page.url)),
    labels: Float32Array.from(prepared.sample, (block) => label[block] ?? 0),
    weights: Float32Array.from(prepared.sample, (block) => (words[block] ?? 0) / (truth + 0.2 * all + 20)),
  }
}

interface Table { rows: Float32Array; pageOf: Int32Array; labels: Float32Array; weights: Float32Array; width: number; count: number; pages: { from: number; to: number }[] }

const tableOf = (samples: readonly Sample[], width: number, rowsOf: (sample: Sample, index: number) => Float32Array): Table => {
  const count = samples.reduce((sum, sample) => sum + sample.labels.length, 0)
  const table: Table = { rows: new Float32Array(count * width), labels: new Float32Array(count), weights: new Float32Array(count), pageOf: new Int32Array(count), width, count, pages: [] }
  let at = 0
  samples.forEach((sample, index) => {
    table.rows.set(rowsOf(sample, index), at * width)
    table.labels.set(sample.labels, at)
    table.weights.set(sample.weights, at)
    table.pageOf.fill(index, at, at + sample.labels.length)
    table.pages.push({ from: at, to: at + sample.labels.length })
    at += sample.labels.length
  })
  return table
}

interface Fitted { forest: Forest; predictPage: (index: number) => Float32Array }

const fit = (table: Table, bins: Uint8Array, edges: Float32Array[], pages: readonly number[], options: TrainOptions): Fitted => {
  const rows: number[] = []
  for (const page of pages) {
    const { from, to } = table.pages[page] ?? { from: 0, to: 0 }
    for (let r = from; r < to; r++) if ((table.weights[r] ?? 0) > 0) rows.push(r)
  }
  const forest = train(bins, table.width, table.count, Int32Array.from(rows), table.labels, table.weights, edges, table.pageOf, options)
  return {
    forest,
    predictPage: (index) => {
      const { from, to } = table.pages[index] ?? { from: 0, to: 0 }
      return Float32Array.from({ length: to - from }, (_, i) => predict(forest, bins, table.count, from + i))
    },
  }
}

const fitKinds = (samples: readonly Sample[], pages: readonly number[]) => {
  const width = pageFeatureNames.length
  const rows = new Float32Array(samples.length * width)
  samples.forEach((sample, i) => rows.set(sample.prepared.pageRow, i * width))
  const edges = edgesOf(rows, width, samples.length)
  const bins = binAll(rows, width, samples.length, edges)
  const ones = new Float32Array(samples.length).fill(1)
  const forests = pageTypes.map((type, kind) => {
    const labels = Float32Array.from(samples, (sample) => (sample.page.type === type ? 1 : 0))
    return train(bins, width, samples.length, Int32Array.from(pages), labels, ones, edges, Int32Array.from(samples, (_, i) => i), { ...kindOptions, seed: kind + 1 })
  })
  return {
    forests,
    predictPage: (index: number): Float32Array => normalised(Float32Array.from(forests, (forest) => predict(forest, bins, samples.length, index))),
  }
}

/** Trains on the named pages. What feeds a later stage is predicted by models that did not see the page. */
const fitAll = (samples: readonly Sample[], pages: readonly number[], seed: number): PackedModel => {
  const inner = groupFolds(pages.map((page) => samples[page]?.page.url ?? ''), 4, seed)
  const innerPages = (fold: number, inside: boolean): number[] => pages.filter((_, i) => (inner[i] === fold) === inside)
  const kinds: Float32Array[] = samples.map(() => new Float32Array(pageTypes.length))
  for (let fold = 0; fold < 4; fold++) {
    const fitted = fitKinds(samples, innerPages(fold, false))
    for (const page of innerPages(fold, true)) kinds[page] = fitted.predictPage(page)
  }
  const chosen = samples.map((_, index) => (pages.includes(index) ? index : -1))
  const used = samples.filter((_, index) => (chosen[index] ?? -1) >= 0)
  const position = new Map(pages.map((page, i) => [page, i]))
  const kindsOfUsed = pages.map((page) => kinds[page] ?? new Float32Array(0))
  const lexicon = learnLexicon(used.map((sample) => sample.shares))
  const firsts = used.map((sample, i) => firstRows(sample.prepared, kindsOfUsed[i] ?? [], lexicon.without(sample.shares.site)))
  const table = tableOf(used, firstWidth, (_, i) => firsts[i] ?? new Float32Array(0))
  const edges = edgesOf(table.rows, table.width, table.count)
  const bins = binAll(table.rows, table.width, table.count, edges)
  const local = (list: readonly number[]): number[] => list.map((page) => position.get(page) ?? 0)
  const guesses: Float32Array[] = used.map(() => new Float32Array(0))
  for (let fold = 0; fold < 4; fold++) {
    const fitted = fit(table, bins, edges, local(innerPages(fold, false)), firstOptions)
    for (const page of local(innerPages(fold, true))) guesses[page] = fitted.predictPage(page)
  }
  const everything = used.map((_, i) => i)
  const first = fit(table, bins, edges, everything, firstOptions).forest
  const wide = tableOf(used, secondWidth, (sample, i) =>
    secondRows(sample.prepared, firsts[i] ?? new Float32Array(0), spread(sample.prepared, guesses[i] ?? new Float32Array(0))))
  const wideEdges = edgesOf(wide.rows, wide.width, wide.count)
  const wideBins = binAll(wide.rows, wide.width, wide.count, wideEdges)
  const second = fit(wide, wideBins, wideEdges, everything, secondOptions).forest
  return {
    features: { page: pageFeatureNames.length, first: firstWidth, second: secondWidth },
    kinds: fitKinds(samples, pages).forests.map(pack), first: pack(first), second: pack(second), lexicon: lexicon.pack(),
  }
}

const assess = (samples: readonly Sample[], pages: readonly number[], packed: PackedModel, into: Map<string, { f1: number; kind: boolean; prune: number }>): void => {
  const model = unpackModel(packed)
  for (const index of pages) {
    const page = samples[index]?.page
    if (page === undefined) continue
    const root = parse(page.html)
    const reader = selectWith(model, root, { url: page.url, mode: 'reader' })
    const prune = selectWith(model, root, { url: page.url, mode: 'prune' })
    into.set(page.id, { f1: score(textOf(reader.root), page.truth).f1, kind: reader.kind === page.type, prune: score(textOf(prune.root), page.truth).f1 })
  }
}

const report = (corpus: readonly CorpusPage[], scores: Map<string, { f1: number; kind: boolean; prune: number }>): void => {
  const rows = pageTypes.map((type) => {
    const found = corpus.filter((page) => page.type === type).flatMap((page) => scores.get(page.id) ?? [])
    return { type, f1: mean(found.map((s) => s.f1)), prune: mean(found.map((s) => s.prune)), kind: mean(found.map((s) => (s.kind ? 1 : 0))) }
  })
  for (const row of [...rows, { type: 'mean', f1: mean(rows.map((r) => r.f1)), prune: mean(rows.map((r) => r.prune)), kind: mean(rows.map((r) => r.kind)) }]) {
    console.log(`${row.type.padEnd(14)} reader ${row.f1.toFixed(4)}  prune ${row.prune.toFixed(4)}  kind ${row.kind.toFixed(3)}`)
  }
}

const corpus = readCorpus()
if (corpus === null) {
  console.error(noCorpus)
  process.exitCode = 1
} else {
  const samples = corpus.map(sampleOf)
  const started = performance.now()
  if (!process.argv.includes('--no-cv')) {
    const folds = groupFolds(corpus.map((page) => page.url), 5, 1)
    const scores = new Map<string, { f1: number; kind: boolean; prune: number }>()
    for (let fold = 0; fold < 5; fold++) {
      const inside = corpus.flatMap((_, i) => (folds[i] === fold ? [i] : []))
      const outside = corpus.flatMap((_, i) => (folds[i] === fold ? [] : [i]))
      assess(samples, inside, fitAll(samples, outside, fold + 10), scores)
      console.error(`fold ${fold}: ${mean(inside.map((i) => scores.get(corpus[i]?.id ?? '')?.f1 ?? 0)).toFixed(4)} after ${Math.round((performance.now() - started) / 1000)} s`)
    }
    console.log('Pages that training did not see:')
    report(corpus, scores)
    mkdirSync(new URL('../bench/out/', import.meta.url), { recursive: true })
    writeFileSync(new URL('../bench/out/extract-cv.json', import.meta.url), JSON.stringify(Object.fromEntries(scores)))
  }
  if (!process.argv.includes('--cv')) {
    const packed = fitAll(samples, corpus.map((_, i) => i), 1)
    const json = JSON.stringify(packed)
    writeFileSync(new URL('../src/engine/convert/main-content/model.json', import.meta.url), `${json}\n`)
    const scores = new Map<string, { f1: number; kind: boolean; prune: number }>()
    assess(samples, corpus.map((_, i) => i), packed, scores)
    console.log(`Lexicon ${Math.round(JSON.stringify(packed.lexicon).length / 1000)} kB`)
    console.log(`In sample (model of ${Math.round(json.length / 1000)} kB):`)
    report(corpus, scores)
  }
}
