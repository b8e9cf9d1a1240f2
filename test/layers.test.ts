import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../src')

/** Files at the root of src/ that wire rooms together. */
const composition = ['app', 'ways', 'diagnose', 'server-file', 'document-cache', 'search-index', 'search-providers', 'models', 'version']

/** Who may import whom, besides `failure`, `lib` and itself. ARCHITECTURE.md explains each row. */
const mayImport: Record<string, readonly string[]> = {
  failure: [],
  lib: [],
  contract: [],
  config: [],
  store: ['contract'],
  egress: [],
  engine: ['contract', 'egress'],
  browser: ['contract', 'egress'],
  lab: [],
  meter: ['contract', 'store'],
  jobs: ['contract', 'store'],
  sessions: ['contract', 'store', 'meter'],
  webhooks: ['contract', 'store', 'jobs', 'egress'],
  verbs: ['contract', 'store', 'meter', 'jobs', 'webhooks', 'sessions', 'engine'],
  dialects: ['contract'],
  server: ['contract', 'dialects'],
  cli: ['config', 'composition', 'contract', 'egress', 'lab'],
}

const roomOf = (file: string): string => {
  const [first = ''] = relative(src, file).split('/')
  const name = first.replace(/\.ts$/, '')
  return composition.includes(name) ? 'composition' : name
}

const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => join(src, file))

/** Static, bare and dynamic imports and re-exports; relative ones only. */
const importsOf = (file: string): string[] => {
  const text = readFileSync(file, 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map((match) => match[1] ?? '')
  const urls = [...text.matchAll(/new URL\(\s*['"](\.[^'"]+\.ts)['"]/g)].map((match) => match[1] ?? '')
  return [...specifiers, ...urls].map((specifier) => resolve(dirname(file), specifier))
}

describe('layers', () => {
  it('knows every room of src/', () => {
    const rooms = new Set(sources.map(roomOf))
    rooms.delete('composition')
    expect([...rooms].filter((room) => !(room in mayImport))).toEqual([])
  })

  it('finds imports at all', () => {
    expect(sources.flatMap(importsOf).length).toBeGreaterThan(100)
  })

  it('keeps every import inside its row of the table', () => {
    const broken = sources.flatMap((file) => {
      const room = roomOf(file)
      if (room === 'composition') return []
      return importsOf(file).flatMap((target) => {
        const other = roomOf(target)
        const allowed = other === room || ['failure', 'lib'].includes(other) && room !== 'failure' || room === 'failure' && other === 'lib' || mayImport[room]?.includes(other)
        return allowed || target.endsWith('package.json') ? [] : [`${relative(src, file)} imports ${relative(src, target)}: the row "${room}" allows ${[...(mayImport[room] ?? []), 'failure', 'lib'].join(', ')}`]
      })
    })
    expect(broken).toEqual([])
  })

  it('keeps dialects apart from each other', () => {
    const folderOf = (file: string): string | undefined => /dialects\/([\w-]+)\//.exec(file)?.[1]
    const crossing = sources.filter((file) => folderOf(file)).flatMap((file) =>
      importsOf(file).filter((target) => folderOf(target) !== undefined && folderOf(target) !== folderOf(file)).map((target) => `${relative(src, file)} imports ${relative(src, target)}`))
    expect(crossing).toEqual([])
  })

  it('reads the environment in config.ts only', () => {
    expect(sources.filter((file) => roomOf(file) !== 'config' && /process\.env/.test(readFileSync(file, 'utf8'))).map((file) => relative(src, file))).toEqual([])
  })
})
