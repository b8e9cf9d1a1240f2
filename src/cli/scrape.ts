import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { openEngine } from '../app.ts'
import { readConfig } from '../config.ts'
import { modes, type Document, type Mode } from '../contract/document.ts'
import { textKinds, renders, scrapeIntent, type TextKind, type Render } from '../contract/intent.ts'
import { Failure, fail } from '../failure/failure.ts'
import { parseUrl, withScheme } from '../lib/url.ts'
import { exitCodes, failureText } from './problem.ts'
import { wantedOf, type WantedOptions } from './wanted.ts'

interface Options extends WantedOptions {
  format?: string
  mode: string
  render: string
  include: string[]
  exclude: string[]
  header: string[]
  timeout: string
  screenshot?: string
  fullPage?: true
  json?: true
}

const collect = (value: string, list: string[]): string[] => [...list, value]

export const scrapeCommand = (): Command =>
  new Command('scrape')
    .description('Fetch one page and print it; needs no server. Exit code by who has to act: caller 2, account 3, policy 4, target 5, content 6, platform 7')
    .argument('<url>', 'the page; *.lab.test and *.fail.test lead to the built-in lab')
    .option('--format <list>', `${textKinds.join(', ')}, json, metadata; separated by commas (default: markdown, or json where data is asked for)`)
    .option('--mode <mode>', modes.join(', '), 'normal')
    .option('--render <how>', renders.join(', '), 'auto')
    .option('--include <selector>', 'keep only what this CSS selector matches; may be repeated', collect, [])
    .option('--exclude <selector>', 'drop what this CSS selector matches; may be repeated', collect, [])
    .option('--header <name: value>', 'send a header; may be repeated', collect, [])
    .option('--schema <file>', 'JSON Schema of the data that --format json is to give')
    .option('--selectors <file>', 'JSON: a CSS selector, or {selector, attribute, type, list, fields, regex}, for each field of it')
    .option('--prompt <text>', 'what data is wanted, in words; needs LYREBIRD_MODEL_BASE_URL')
    .option('--screenshot <file>', 'write a picture of the page: .png, .jpg or .webp')
    .option('--full-page', 'of the whole page')
    .option('--timeout <ms>', 'deadline', '30000')
    .option('--json', 'print everything as JSON')
    .action(scrape)

const scrape = async (url: string, options: Options): Promise<void> => {
  const config = readConfig({}, { defaults: { logLevel: 'error' } })
  const wanted = await wantedOf(options)
  const asked = options.format?.split(',').map((name) => name.trim())
  const formats = wanted && !asked?.includes('json') ? [...(asked ?? []), 'json'] : (asked ?? ['markdown'])
  const host = parseUrl(url)?.hostname
  const intent = scrapeIntent({
    url: withScheme(url),
    formats: formats.filter((name) => name !== 'metadata').map((name) => (name === 'json' ? { kind: 'json', extract: wanted ?? {} } : { kind: oneOf('--format', name, textKinds) as TextKind })),
    mode: oneOf('--mode', options.mode, modes) as Mode,
    // A failure asked for by name comes at once, as from the server.
    render: host?.endsWith('.fail.test') && options.render === 'auto' ? 'static' : (oneOf('--render', options.render, renders) as Render),
    includeSelectors: options.include,
    excludeSelectors: options.exclude,
    headers: Object.fromEntries(options.header.map(headerOf)),
    timeoutMs: timeoutOf(options.timeout),
  })
  if (options.screenshot !== undefined) intent.formats.push({ kind: 'screenshot', screenshot: { type: shotTypeOf(options.screenshot), fullPage: options.fullPage ?? false, delivery: 'base64' } })
  const { engine, close } = openEngine(config)
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  try {
    const outcome = await engine.scrape(intent, { mode: host !== undefined && /\.(lab|fail)\.test$/.test(host) ? 'test' : 'live', signal: controller.signal })
    if (outcome.ok && options.screenshot !== undefined) {
      const { screenshot, ...formats } = outcome.value.formats
      await writeFile(options.screenshot, Buffer.from(screenshot?.base64 ?? '', 'base64'))
      outcome.value.formats = formats
      console.error(`${options.screenshot}: ${screenshot?.width} × ${screenshot?.height}, ${screenshot?.bytes} bytes`)
    }
    if (outcome.ok) tellOfData(outcome.value)
    if (outcome.ok) return console.log(options.json ? JSON.stringify({ ...outcome.value, evidence: outcome.evidence }, null, 2) : textOf(outcome.value, formats))
    console.error(options.json ? JSON.stringify(outcome.failure, null, 2) : failureText(outcome.failure))
    process.exitCode = exitCodes[outcome.failure.class]
  } finally {
    await close()
  }
}

/** What is not in the data, beside it. */
const tellOfData = ({ extraction, failedFormats = {}, warnings }: Document): void => {
  for (const [field, why] of Object.entries(extraction?.unmatched ?? {})) console.error(`${field}: ${why}`)
  for (const field of extraction?.missing ?? []) console.error(`${field}: the page does not say`)
  if (extraction) for (const warning of warnings) console.error(warning)
  if (!failedFormats.json) return
  const failure = Failure.fromJSON(failedFormats.json)
  console.error(failureText(failure))
  process.exitCode = exitCodes[failure.class]
}

/** One format plainly; several under their names. */
const textOf = (document: Document, formats: string[]): string => {
  const parts = formats.map((name) => [name, name === 'metadata' ? document.metadata : document.formats[name as TextKind | 'json']] as const)
  const texts = parts.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value, null, 2)] as const)
  return texts.length === 1 ? (texts[0]?.[1] ?? '') : texts.map(([name, text]) => `--- ${name} ---\n${text}`).join('\n\n')
}

const shotTypeOf = (file: string): 'png' | 'jpeg' | 'webp' => {
  const ending = /\.(png|jpe?g|webp)$/i.exec(file)?.[1]?.toLowerCase()
  if (ending === undefined) throw invalid('--screenshot', `"${file}" does not end in .png, .jpg or .webp`)
  return ending === 'png' || ending === 'webp' ? ending : 'jpeg'
}

const oneOf = (option: string, value: string, allowed: readonly string[]): string => {
  if (allowed.includes(value)) return value
  throw invalid(option, `"${value}" is not one of ${allowed.join(', ')}`)
}

const headerOf = (line: string): [string, string] => {
  const colon = line.indexOf(':')
  if (colon < 1) throw invalid('--header', `"${line}" is not "name: value"`)
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
}

const timeoutOf = (text: string): number => {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1000 && value <= 300_000) return value
  throw invalid('--timeout', 'must be 1000 to 300000 milliseconds')
}

const invalid = (option: string, message: string) => fail('caller.invalid_request', { issues: [{ path: [option], code: 'invalid_option', message }] })
