// The peer: @crawlee/cheerio with turndown, as a plain script would use them. Prints one JSON line.
import { CheerioCrawler, Configuration, log } from '@crawlee/cheerio'
import TurndownService from 'turndown'

const [base = '', count = '0', concurrency = '8'] = process.argv.slice(2)
log.setLevel(log.LEVELS.OFF)
const turndown = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced' })
turndown.remove(['script', 'style', 'noscript'])
const times: number[] = []
let bytes = 0
let failed = 0
const started = new Map<string, number>()
const crawler = new CheerioCrawler(
  {
    minConcurrency: Number(concurrency),
    maxConcurrency: Number(concurrency),
    maxRequestRetries: 0,
    preNavigationHooks: [({ request }) => void started.set(request.uniqueKey, performance.now())],
    requestHandler: ({ $, request }) => {
      bytes += turndown.turndown($('body').html() ?? '').length
      times.push(performance.now() - (started.get(request.uniqueKey) ?? 0))
    },
    failedRequestHandler: () => void failed++,
  },
  new Configuration({ persistStorage: false, availableMemoryRatio: 0.9 }),
)
const urls = Array.from({ length: Number(count) }, (_, i) => `${base}/${i}`)
const start = performance.now()
await crawler.run(urls)
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, times, bytes, failed, rss: process.resourceUsage().maxRSS * 1024 }))
process.exit()
