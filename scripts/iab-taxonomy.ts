/**
 * Makes `src/engine/classify/taxonomy.json` from the files that IAB Tech Lab publishes.
 *
 *   node scripts/iab-taxonomy.ts <folder with content-1.0.tsv, content-1.0-to-2.0.tsv, content-2.2.tsv and content-3.1.tsv>
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = process.argv[2]
if (!folder) {
  console.error('Which folder holds the published files?')
  process.exit(2)
}

const rowsOf = (file: string, headers: number): string[][] =>
  readFileSync(join(folder, file), 'utf8').split('\n').slice(headers).map((line) => line.replace(/\r$/, '').split('\t').map((cell) => cell.trim())).filter(([id]) => id !== undefined && id !== '')

/** Slips of the published list, one of them made by a spreadsheet. */
const names: Record<string, string> = {
  'IAB2-15': 'Motorcycles',
  'IAB5-1': '7-12 Education',
  'IAB5-4': 'College Administration',
  'IAB7-38': 'Senior Health',
}

/** Facets of how a thing is told or how safe it is for a brand: no subjects. */
const facets = new Set(['Content Channel', 'Content Type', 'Content Source', 'Content Media Format', 'Content Language', 'Content Source Geo', 'Brand Suitability and Risk'])

const mapping = new Map(rowsOf('content-1.0-to-2.0.tsv', 1).map(([id = '', , , target = '']) => [id.replace(/^AB/, 'IAB'), target]))
const first = rowsOf('content-1.0.tsv', 1).map(([id = '', , name = '']) => [id, names[id] ?? name, mapping.get(id) || null] as const)
const later = (file: string) => rowsOf(file, 2).filter(([, , , tier1 = '']) => !facets.has(tier1)).map(([id = '', parent = '', name = '']) => [id, name, parent || null] as const)
const second = later('content-2.2.tsv')
const mapped = new Set(first.map(([, , target]) => target))
/** Facets that the official mapping leads to all the same. */
const extra = rowsOf('content-2.2.tsv', 2).filter(([id = '', , , tier1 = '']) => facets.has(tier1) && mapped.has(id)).map(([id = '', , name = '']) => [id, name, null] as const)

const lines = (rows: readonly (readonly unknown[])[]): string => rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
const out = resolve(import.meta.dirname, '..', 'src/engine/classify/taxonomy.json')
writeFileSync(out, `{\n  "v1": [\n${lines(first)}\n  ],\n  "v2": [\n${lines([...second, ...extra])}\n  ],\n  "v3": [\n${lines(later('content-3.1.tsv'))}\n  ]\n}\n`)
console.log(`${first.length} categories of 1.0, ${second.length + extra.length} of 2.2, ${later('content-3.1.tsv').length} of 3.1`)
