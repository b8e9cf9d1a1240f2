// The peer: @crawlee/cheerio with turndown crawls along links. Prints one JSON line.
import { CheerioCrawler, Configuration, log } from '@crawlee/cheerio'
import TurndownService from 'turndown'

const [start = '', limit = '0', concurrency = '16'] = process.argv.slice(2)
log.setLevel(log.LEVELS.OFF)
const turndown = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced' })
turndown.remove(['script', 'style', 'noscript'])
let pages = 0
let failed = 0
const crawler = new CheerioCrawler(
  {
    minConcurrency: Number(concurrency),
    maxConcurrency: Number(concurrency),
    maxRequestsPerCrawl: Number(limit),
    maxRequestRetries: 0,
    requestHandler: async ({ $, enqueueLinks }) => {
      turndown.turndown($('body').html() ?? '')
      pages++
      await enqueueLinks({ strategy: 'same-origin', regexps: [/\/p\/\d+$/] })
    },
    failedRequestHandler: () => void failed++,
  },
  new Configuration({ persistStorage: false, availableMemoryRatio: 0.9 }),
)
const begun = performance.now()
await crawler.run([start])
console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000, pages, failed, rss: process.resourceUsage().maxRSS * 1024 }))
process.exit()
