import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', 'src')

/** Whatever can open a socket, in the standard library and among packages that people reach for; a started program has a network of its own. */
const network = new Set([
  'net', 'tls', 'dns', 'dns/promises', 'http', 'https', 'http2', 'dgram', 'inspector', 'inspector/promises', '_http_client', '_http_agent', '_tls_wrap', 'child_process',
  'undici', 'ws', 'axios', 'got', 'node-fetch', 'cross-fetch', 'needle', 'superagent', 'ky', 'ofetch', 'request', 'socket.io-client', 'eventsource',
  'proxy-chain', 'playwright-core', 'puppeteer', 'puppeteer-core', 'pg', 'ioredis', 'redis', '@hono/node-server', 'openai', '@ai-sdk/openai-compatible', '@aws-sdk/client-s3', 'nodemailer',
])
/** Globals that do the same without an import. */
const globals = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'WebTransport']

/** Who may import one of them besides egress/, and why that is no way out for a byte of a request. */
const allowed: { under: string; modules: string[]; because: string }[] = [
  { under: 'server/', modules: ['http', 'ws', '@hono/node-server'], because: 'listens for our clients' },
  { under: 'lab/', modules: ['net', 'tls', 'http', 'https', 'http2'], because: 'listens on loopback, as the site that misbehaves' },
  { under: 'store/', modules: ['pg'], because: "talks to the operator's database" },
  { under: 'browser/', modules: ['playwright-core', 'child_process'], because: "drives a browser whose only network is egress's proxy, and unpacks it in a process of its own" },
  { under: 'engine/providers/', modules: ['@ai-sdk/openai-compatible'], because: 'its only network is a function over egress' },
]

interface Use {
  file: string
  module: string
  line: number
}

const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.endsWith('.test.ts'))

/** The text with comments and the insides of strings, templates and regular expressions blanked; code inside `${}` stays. */
const codeOf = (text: string): string => {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=(?:^|[=(,:[!&|?;{}]|=>|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/|[`{}]/y
  const inTemplate = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/y
  /** One entry for each open brace: whether a template goes on when it closes. */
  const braces: boolean[] = []
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ')
  const emptied = (part: string): string => (/^['"]/.test(part) ? part.charAt(0) + blank(part.slice(1, -1)) + part.charAt(0) : blank(part))
  let out = ''
  let at = 0
  const template = (): void => {
    inTemplate.lastIndex = at
    const inside = inTemplate.exec(text)?.[0] ?? ''
    out += blank(inside)
    at += inside.length
    const opens = text.startsWith('${', at)
    out += text.slice(at, at + (opens ? 2 : 1))
    at += opens ? 2 : 1
    if (opens) braces.push(true)
  }
  while (at < text.length) {
    token.lastIndex = at
    const match = token.exec(text)?.[0]
    if (match === undefined) out += text[at++]
    else {
      at += match.length
      out += match.length > 1 ? emptied(match) : match
      if (match === '`') template()
      else if (match === '{') braces.push(false)
      else if (match === '}' && braces.pop() === true) template()
    }
  }
  return out
}

const importsOf = (text: string, code: string): { module: string; line: number }[] => {
  const patterns = [
    // import x from 'm' · import 'm' · export … from 'm'; type-only ones vanish before the code runs.
    /(?:^|;)[ \t]*(?:import|export)\b(?!\s+type\b)(?:[^'"`;()]*?\bfrom)?\s*(?<quoted>['"] *['"])/dgm,
    // import('m') · require('m') · require.resolve('m') · process.getBuiltinModule('m') · createRequire(…)('m')
    /(?:\bimport|\brequire(?:\.resolve)?|\bgetBuiltinModule|\bcreateRequire\([^)]*\))\s*\(\s*(?<quoted>['"`] *['"`])/dg,
  ]
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => {
    const [from, to] = match.indices?.groups?.quoted ?? [0, 0]
    return { module: text.slice(from + 1, to - 1).replace(/^node:/, ''), line: lineOf(code, match.index) }
  }))
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length

/** Ways to load a module that no reader of names can follow. */
const hidden = /\bimport\s*\(\s*(?!['"`\s])|\brequire\s*\(\s*(?!['"`\s])|\bprocess\s*\.\s*binding\b/g

const packageOf = (module: string): string => (builtinModules.includes(module) ? module : module.split('/').slice(0, module.startsWith('@') ? 2 : 1).join('/'))

const forbidden = (file: string, text: string): Use[] => {
  if (file.startsWith('egress/')) return []
  const rule = allowed.filter(({ under }) => file.startsWith(under))
  const code = codeOf(text)
  const imports = importsOf(text, code).filter(({ module }) => (network.has(module) || network.has(packageOf(module))) && !rule.some(({ modules }) => modules.includes(packageOf(module))))
  const calls = globals.flatMap((name) =>
    [...code.matchAll(new RegExp(`(?<![\\w$.#'"])(?:globalThis\\s*\\.\\s*)?${name}\\s*\\(|\\bnew\\s+${name}\\b|\\bglobalThis\\s*\\.\\s*${name}\\b`, 'g'))]
      // `const fetch = (…) =>` and a method named fetch are declarations, not uses of the global.
      .filter((match) => !/(?:function|async|get|set)\s*$/.test(code.slice(0, match.index)) && !/^\s*(?:async\s+)?fetch\s*\([^)]*\)\s*(?::[^{;=]+)?\{/.test(code.slice(match.index)))
      .map((match) => ({ module: name, line: lineOf(code, match.index) })))
  const shadowed = new Set(globals.filter((name) => new RegExp(`\\b(?:const|let|function|import)\\s*\\{?[^=;\\n]*\\b${name}\\b`).test(code) || new RegExp(`[(,{]\\s*${name}\\s*[,:})]`).test(code)))
  const unreadable = [...code.matchAll(hidden)].map((match) => ({ module: 'a module by a name that cannot be read', line: lineOf(code, match.index) }))
  return [...imports, ...unreadable, ...calls.filter(({ module }) => !shadowed.has(module))].map((use) => ({ file, ...use }))
}

describe('nothing but egress/ opens a socket', () => {
  const files = sources(root)

  it('reads the source at all', () => {
    expect(files.length).toBeGreaterThan(20)
    expect(files).toContain(join('egress', 'dial.ts'))
  })

  it.each(files)('%s', (path) => {
    const file = relative(root, join(root, path)).split(sep).join('/')
    const uses = forbidden(file, readFileSync(join(root, path), 'utf8'))
    const why = uses.map(({ module, line }) => `src/${file}:${line} uses ${module}: every byte leaves through egress/; a listener needs a row in this test's table`)
    expect(why).toEqual([])
  })
})

describe('the test itself', () => {
  const caught = (text: string, file = 'engine/x.ts') => forbidden(file, text).map(({ module }) => module)

  it.each([
    ["import { connect } from 'node:net'", 'net'],
    ["import * as tls from 'tls'", 'tls'],
    ['import {\n  lookup,\n} from "node:dns/promises"', 'dns/promises'],
    ["import 'node:http'", 'http'],
    ["import a from './a.ts'; import b from 'node:tls'", 'tls'],
    ["export { request } from 'node:https'", 'https'],
    ["export * from 'undici'", 'undici'],
    ["import { x } from 'undici/lib/web'", 'undici/lib/web'],
    ["const net = await import('node:net')", 'net'],
    ['const net = await import(`node:net`)', 'net'],
    ["const net = require('net')", 'net'],
    ["createRequire(import.meta.url)('ws')", 'ws'],
    ["const glob = '/*'; import('node:net') /* */", 'net'],
    ["process.getBuiltinModule('node:dgram')", 'dgram'],
    ["import WebSocket from 'ws'", 'ws'],
    ["import { spawn } from 'node:child_process'", 'child_process'],
    ['await import(name)', 'a module by a name that cannot be read'],
    ["process.binding('tcp_wrap')", 'a module by a name that cannot be read'],
    ["import pg from 'pg'", 'pg'],
    ["await fetch('https://x.example')", 'fetch'],
    ['const text = `a ${await fetch(url)} b`', 'fetch'],
    ["const url = 'http://x.example/*'; fetch(url) /* */", 'fetch'],
    ['const half = a / b; fetch(c / d)', 'fetch'],
    ['const f = globalThis.fetch', 'fetch'],
    ["new WebSocket('wss://x.example')", 'WebSocket'],
  ])('catches %s', (text, module) => {
    expect(caught(text)).toContain(module)
  })

  it.each([
    "import type { Socket } from 'node:net'",
    "export type { Socket } from 'node:net'",
    "// import { connect } from 'node:net'",
    "/* fetch('x') */",
    "const text = 'fetch(this)'",
    'const script = `fetch("/next").then(() => new WebSocket(url))`',
    'const page = `${head({ a: `fetch(1)` })} fetch(2) \\` fetch(3)`',
    "const text = `\nimport { connect } from 'node:net'\n`",
    "const shape = /fetch('x')/.test(text)",
    "const url = 'http://x.example' // fetch(it)",
    'store.fetch(page)',
    'const { fetch } = ports; fetch(url)',
    "import { fetch } from './stages/fetch.ts'\nfetch(url)",
    'class A { fetch(url: string): void {} }',
    "import { readFile } from 'node:fs/promises'",
    "import { net } from './net.ts'",
  ])('lets through %s', (text) => {
    expect(caught(text)).toEqual([])
  })

  it('holds each exception to its folder and its modules', () => {
    expect(caught("import { createServer } from 'node:http'", 'server/listen.ts')).toEqual([])
    expect(caught("import { connect } from 'node:net'", 'server/listen.ts')).toEqual(['net'])
    expect(caught("import pg from 'pg'", 'store/db.ts')).toEqual([])
    expect(caught("import { createServer } from 'node:http'", 'dashboard/listen.ts')).toEqual(['http'])
    expect(caught("import { connect } from 'node:net'", 'egress/dial.ts')).toEqual([])
  })
})
