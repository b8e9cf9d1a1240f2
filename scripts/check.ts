// Fails when a generated file is stale or a path that the documentation names does not exist.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { generatedFiles } from './generate.ts'

const root = resolve(import.meta.dirname, '..')
const problems: string[] = []

for (const [path, content] of Object.entries(await generatedFiles())) {
  const file = join(root, path)
  if (!existsSync(file) || readFileSync(file, 'utf8') !== content) problems.push(`${path} is stale: run "npm run generate"`)
}

const documents = ['README.md', 'ARCHITECTURE.md', ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md')).map((file) => join('docs', file))]
for (const document of documents) {
  const text = readFileSync(join(root, document), 'utf8')
  for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
    if (/^[a-z]+:/.test(target) || target.startsWith('/')) continue
    if (!existsSync(resolve(root, dirname(document), target))) problems.push(`${document} links ${target}, which does not exist`)
  }
  for (const [, path = ''] of text.matchAll(/`((?:src|test|scripts|bench|docs|bin|sdk)\/[\w./-]+)`/g)) {
    if (!existsSync(join(root, path))) problems.push(`${document} names ${path}, which does not exist`)
  }
}

for (const problem of problems) console.error(problem)
process.exit(problems.length === 0 ? 0 : 1)
