import { ConfigError, settings, type Config, type SettingName } from './config.ts'
import { ownIndex } from './contract/search.ts'
import type { Egress } from './egress/index.ts'
import { brave } from './engine/providers/search-brave.ts'
import { overHttp } from './engine/providers/search-http.ts'
import { searxng } from './engine/providers/search-searxng.ts'
import { serper } from './engine/providers/search-serper.ts'
import { tavily } from './engine/providers/search-tavily.ts'
import { createSearcher, type Searcher, type SearchProvider } from './engine/search/searcher.ts'
import { systemClock } from './lib/clock.ts'

/** The search engines that the settings name, in the operator's order. */
export const createSearch = (config: Config, egress: () => Promise<Egress>): Searcher => {
  const { searxngUrl, braveKey, serperKey, tavilyKey } = config
  const configured = [
    ...(searxngUrl === undefined ? [] : [searxng(searxngUrl)]),
    ...(braveKey === undefined ? [] : [brave(config.braveUrl, braveKey)]),
    ...(serperKey === undefined ? [] : [serper(config.serperUrl, serperKey)]),
    ...(tavilyKey === undefined ? [] : [tavily(config.tavilyUrl, tavilyKey)]),
  ]
  const providers = new Map<string, SearchProvider>(configured.map((spec) => [spec.name, overHttp(spec, egress)]))
  const own = config.index === 'off' ? [] : [ownIndex]
  const order = config.searchProviders === undefined || config.searchProviders.length === 0 ? [...own, ...providers.keys()] : [...new Set(config.searchProviders)]
  for (const name of order) {
    if (name === ownIndex ? own.length === 0 : !providers.has(name)) throw new ConfigError(`LYREBIRD_SEARCH_PROVIDERS names ${name}, but ${settings[neededFor[name] ?? 'index'].env} ${name === ownIndex ? 'is off' : 'is not set'}.`)
  }
  return createSearcher({ order, providers, clock: systemClock })
}

const neededFor: Record<string, SettingName> = { searxng: 'searxngUrl', brave: 'braveKey', serper: 'serperKey', tavily: 'tavilyKey', [ownIndex]: 'index' }
