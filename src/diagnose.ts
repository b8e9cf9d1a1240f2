import { access, constants, mkdir } from 'node:fs/promises'
import { launch } from './browser/index.ts'
import { openEngine, storeOf } from './app.ts'
import { modelSettings } from './models.ts'
import { readServerFile } from './server-file.ts'
import type { Config } from './config.ts'
import { scrapeIntent } from './contract/intent.ts'
import { normalize } from './failure/normalize.ts'
import { createModel } from './engine/providers/model.ts'
import { createLogger } from './lib/logger.ts'
import { createSearch } from './search-providers.ts'
import { ownIndex, searchIntent } from './contract/search.ts'
import { publicForm } from './lib/url.ts'
import { createWays } from './ways.ts'

export interface Finding {
  state: 'ok' | 'off' | 'bad'
  what: string
  detail: string
  mend?: string
}

/** Tries every part that this machine needs and says how to mend what does not work. */
export const diagnose = async (config: Config, { offline }: { offline: boolean }): Promise<Finding[]> => [
  { state: 'ok', what: 'node', detail: process.version },
  await dataFolder(config),
  await database(config),
  await pipeline(config),
  ...(offline ? [] : [await names(config)]),
  await browser(config),
  await modelCall(config, offline),
  await search(config, { offline }),
  await proxies(config, offline),
]

const dataFolder = async (config: Config): Promise<Finding> => {
  try {
    await mkdir(config.dataDir, { recursive: true })
    await access(config.dataDir, constants.W_OK)
    return { state: 'ok', what: 'data folder', detail: config.dataDir }
  } catch {
    return { state: 'bad', what: 'data folder', detail: `${config.dataDir} cannot be written`, mend: 'Give this user the right to write there, or set LYREBIRD_DATA_DIR to another folder.' }
  }
}

const database = async (config: Config): Promise<Finding> => {
  const what = config.databaseUrl === undefined ? 'database (embedded)' : 'database (PostgreSQL)'
  const running = config.databaseUrl === undefined ? await readServerFile(config.dataDir) : undefined
  if (running) return { state: 'ok', what, detail: `in use by the server at ${running.url}` }
  try {
    const store = await storeOf(config, createLogger('silent'))
    await store.ping()
    await store.close()
    return { state: 'ok', what, detail: 'opens and answers' }
  } catch (error) {
    return { state: 'bad', what, detail: error instanceof Error ? error.message : 'does not open', mend: config.databaseUrl === undefined ? 'Stop the process that uses it, or set LYREBIRD_DATA_DIR to another folder.' : 'Check DATABASE_URL, and that PostgreSQL runs and admits this user.' }
  }
}

/** A page of the lab through guard, fetch and conversion: everything but the network outside. */
const pipeline = async (config: Config): Promise<Finding> => {
  const { engine, close } = openEngine(config)
  try {
    const outcome = await engine.scrape(scrapeIntent({ url: 'https://article.lab.test/' }), { mode: 'test', signal: AbortSignal.timeout(30_000) })
    if (!outcome.ok) return { state: 'bad', what: 'fetch and convert', detail: outcome.failure.message }
    return { state: 'ok', what: 'fetch and convert', detail: `the lab's article became ${outcome.value.formats.markdown?.length ?? 0} characters of Markdown` }
  } finally {
    await close()
  }
}

/** One short call, so that a wrong address, key or name shows here and not in a request. */
const modelCall = async (config: Config, offline: boolean): Promise<Finding> => {
  const what = 'model'
  if (config.modelBaseUrl === undefined) return { state: 'off', what, detail: 'none configured; extraction uses selectors and the data in the page', mend: 'Set LYREBIRD_MODEL_BASE_URL to an OpenAI-compatible endpoint.' }
  if (offline) return { state: 'ok', what, detail: `${config.modelName} at ${publicForm(config.modelBaseUrl)}, not asked` }
  const ways = createWays(config, false)
  try {
    const model = createModel({ ...modelSettings(config, config.modelBaseUrl), timeoutMs: Math.min(config.modelTimeoutMs, 15_000) }, ways.live)
    await model.call({ system: 'Answer with one word.', turns: ['Say: ready'], outputTokens: 64, owner: 'doctor', signal: AbortSignal.timeout(30_000) })
    return { state: 'ok', what, detail: `${config.modelName} at ${publicForm(config.modelBaseUrl)} answers` }
  } catch (error) {
    return { state: 'bad', what, detail: `${config.modelName} at ${publicForm(config.modelBaseUrl)}: ${normalize(error).message}`, mend: 'Check LYREBIRD_MODEL_BASE_URL, LYREBIRD_MODEL_API_KEY and LYREBIRD_MODEL_NAME.' }
  } finally {
    await ways.close()
  }
}

/** A start of the very browser that pages would get, and what its fonts can show. */
const browser = async (config: Config): Promise<Finding> => {
  const what = 'browser'
  if (config.browser === 'off') return { state: 'off', what, detail: 'switched off; `render: "js"` answers platform.browser_unavailable', mend: 'Set LYREBIRD_BROWSER=auto.' }
  try {
    const launched = await launch({ chromePath: config.chromePath, folder: config.chromiumDir, cdpUrl: config.browserCdpUrl, trustedKeys: [] })
    const page = await launched.browser.newPage()
    const canDraw = await page.evaluate(showsCjk) as boolean
    await launched.browser.close()
    const name = `Chromium ${launched.version}${config.browserCdpUrl === undefined ? (config.chromePath ?? ', bundled') : ', elsewhere'}${launched.sandboxed === false ? ", without Chromium's sandbox: run as a user other than root, where the kernel lets users make namespaces" : ''}`
    if (canDraw) return { state: 'ok', what, detail: name }
    return { state: 'ok', what, detail: `${name}; it has no fonts for Chinese, Japanese and Korean: screenshots show boxes in their place (install fonts-noto-cjk, or set CHROME_PATH); text is not affected` }
  } catch (error) {
    return { state: 'bad', what, detail: error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'does not start', mend: 'Set CHROME_PATH to a Chromium or Chrome of this machine, LYREBIRD_BROWSER_CDP_URL to one elsewhere, or LYREBIRD_BROWSER=off.' }
  }
}

/** Characters that no font has are all drawn as the same box. */
const showsCjk = `(() => {
  const draw = (text) => {
    const canvas = document.createElement('canvas')
    const pen = canvas.getContext('2d')
    pen.font = '24px sans-serif'
    pen.fillText(text, 2, 30)
    return canvas.toDataURL()
  }
  return draw('\u6f22') !== draw('\u5b57')
})()`

/** A search by each configured provider. */
const search = async (config: Config, { offline }: { offline: boolean }): Promise<Finding> => {
  const what = 'search'
  const ways = createWays(config, false)
  try {
    const { names, search: run } = createSearch(config, ways.live)
    const providers = names.filter((name) => name !== ownIndex)
    const own = names.includes(ownIndex) ? 'the own index' : ''
    if (providers.length === 0) return { state: 'off', what, detail: `no provider configured${own && `; ${own} answers with pages that were fetched`}`, mend: 'Set LYREBIRD_SEARXNG_URL, LYREBIRD_BRAVE_API_KEY, LYREBIRD_SERPER_API_KEY or LYREBIRD_TAVILY_API_KEY.' }
    if (offline) return { state: 'ok', what, detail: `configured, not tried: ${providers.join(', ')}` }
    const outcome = await run(searchIntent({ query: 'lyrebird', sources: providers, limit: 1, timeoutMs: 10_000 }), { mode: 'live', signal: AbortSignal.timeout(11_000), allowed: () => true })
    const bad = outcome.ok ? outcome.value.sources.filter((source) => !source.ok).map((source) => `${source.name}: ${source.failure?.message ?? ''}`) : [outcome.failure.message]
    return bad.length === 0 ? { state: 'ok', what, detail: `${providers.join(', ')} answered` } : { state: 'bad', what, detail: bad.join('; '), mend: 'Check address and key of that provider; SearXNG must list json under search.formats.' }
  } finally {
    await ways.close()
  }
}

/** Whether each proxy can be reached; whether it takes its credentials shows with the first page. */
const proxies = async (config: Config, offline: boolean): Promise<Finding> => {
  const what = 'proxies'
  const ways = createWays(config, false)
  try {
    if (ways.proxies.tiers.length === 0) return { state: 'off', what, detail: 'none configured; `proxy: "standard"` answers platform.proxy_unavailable', mend: 'Set LYREBIRD_PROXIES_STANDARD or LYREBIRD_PROXIES_PREMIUM.' }
    if (!offline) await ways.proxies.probe()
    const state = ways.proxies.state()
    const lost = state.filter(({ usable }) => !usable).map(({ id }) => id)
    const detail = `${state.length} configured, ${offline ? 'not tried' : `${state.length - lost.length} reached`}`
    return lost.length === 0 ? { state: 'ok', what, detail } : { state: 'bad', what, detail: `${detail}; not: ${lost.join(', ')}`, mend: 'Check host and port of these, and that this machine may connect to them.' }
  } finally {
    await ways.close()
  }
}

const names = async (config: Config): Promise<Finding> => {
  const ways = createWays(config, false)
  try {
    await (await ways.live()).judge('https://example.com/', AbortSignal.timeout(5000))
    return { state: 'ok', what: 'name resolution', detail: 'example.com resolves' }
  } catch (error) {
    return { state: 'off', what: 'name resolution', detail: normalize(error).message, mend: 'This machine cannot look up public names; check its DNS settings. The lab works without.' }
  } finally {
    await ways.close()
  }
}
