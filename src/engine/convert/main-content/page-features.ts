import type { Block, Page } from './scan.ts'
import { contextBit } from './scan.ts'
import type { Structured } from './structured.ts'
import { markupNames } from './vocabulary.ts'

/** What the text around the blocks adds up to; shared by the page's features and those of its blocks. */
export interface Totals {
  words: number
  linkWords: number
  stops: number
  goodWords: number
  sentences: number
}

export const isGood = (block: Block): boolean => block.size.words >= 20 && block.linkWords * 3 < block.size.words && block.size.sentences > 0

export const totalsOf = (page: Page): Totals => {
  const totals: Totals = { words: 0, linkWords: 0, stops: 0, goodWords: 0, sentences: 0 }
  for (const block of page.blocks) {
    totals.words += block.size.words
    totals.linkWords += block.linkWords
    totals.stops += block.size.stops
    totals.sentences += block.size.sentences
    if (isGood(block)) totals.goodWords += block.size.words
  }
  return totals
}

const urlPatterns: Record<string, RegExp> = {
  urlArticle: /\/(blog|news|article|articles|story|stories|post|posts|magazine|opinion|features?|insights?|archives?)(\/|$)|\/(19|20)\d\d\/\d/,
  urlDocs: /(^|\/\/)(docs?|developers?|dev|api|wiki|help|learn|manual|man|kb|support)\.|\/(docs?|documentation|api|reference|manual|guides?|wiki|tutorials?|man|handbook|kb|help|learn|stable|latest|v\d[\w.]*|spec|library)(\/|$)|readthedocs|github\.io/,
  urlForum: /(^|\/\/)(forums?|community|discuss|discussions?|boards?|talk|ask)\.|\/(forums?|threads?|topics?|t|questions?|discussions?|community|viewtopic|showthread|comments|boards?|qna|answers)(\/|\.|-|$)|topic|thread/,
  urlCollection: /\/(collections?|categor(y|ies)|product-category|shop|store|c|cat|browse|departments?|plp|brands?|b|sale|mens?|womens?)(\/|$)/,
  urlProduct: /\/(products?|p|dp|item|itm|ip|pd|sku|gp|buy)(\/|$)|-p-?\d+|\.p\?|\/p\d+|_p\d|prod\d|\/prd/,
  urlListing: /\/(search|tags?|topics?|directory|list|lists|events?|jobs?|schedule|podcasts?|authors?|recipes?|archive|index|best|top|rankings?|chart|standings|results|courses?|programs?|resources?|people|members)(\/|$)|[?&](q|query|search|page|s)=/,
  urlService: /\/(services?|solutions?|pricing|features|platform|about|locations?|areas?|practice|industries|consulting|agency|company|what-we-do|capabilities|treatments?|offerings?)(\/|$)/,
}

const typePatterns: Record<string, RegExp> = {
  ldArticle: /^(article|newsarticle|blogposting|reportagenewsarticle|recipe|scholarlyarticle|review)$/,
  ldDocs: /^(techarticle|apireference|howto|softwaresourcecode)$/,
  ldForum: /^(discussionforumposting|qapage|question|answer|comment)$/,
  ldProduct: /^(product|productgroup|individualproduct)$/,
  ldOffer: /^(offer|aggregateoffer)$/,
  ldList: /^(itemlist|collectionpage|listitem|searchresultspage|event|course|offercatalog)$/,
  ldService: /^(service|localbusiness|professionalservice|organization|corporation|faqpage|softwareapplication|webapplication)$/,
  ldBreadcrumb: /^breadcrumblist$/,
  ldFaq: /^faqpage$/,
  ldReview: /^(review|aggregaterating)$/,
}

const bodyPatterns: Record<string, RegExp> = {
  bodyArticle: /single-post|\barticle|blog-?post|post-template|story|single\b/,
  bodyProduct: /single-product|template-product|product-?(page|detail|template)|\bpdp\b|catalog-product-view|\bproduct\b/,
  bodyCollection: /template-collection|collection|archive|tax-product|categor|\bplp\b|catalog-category/,
  bodyForum: /forum|thread|topic|discourse|phpbb|xenforo|question-page|bbpress|viewtopic|\bcommunity\b|showthread/,
  bodyPage: /page-template|\bpage-id|page-child|landing|service/,
}

const generators: Record<string, RegExp> = {
  genDocs: /docusaurus|sphinx|mkdocs|hugo|jekyll|mediawiki|vitepress|gitbook|rustdoc|doxygen|antora|docfx|vuepress|starlight|astro/,
  genForum: /discourse|phpbb|vbulletin|xenforo|smf|mybb|nodebb|flarum|invision|vanilla/,
  genCms: /wordpress|drupal|joomla|wix|squarespace|webflow|elementor/,
  genShop: /shopify|woocommerce|magento|prestashop|bigcommerce/,
}

const titlePatterns: Record<string, RegExp> = {
  titleForum: /forum|thread|community|topic|discussion|\?$|reddit|stack|answers/i,
  titleDocs: /documentation|\bdocs?\b|reference|guide|api|manual|tutorial|wiki|—/i,
  titleShop: /\b(shop|buy|store|sale|online|price|for sale)\b/i,
  titleService: /services?|company|agency|solutions?|consult|near (me|you)|\bin [A-Z]/,
  titleList: /\b(best|top|list|all|events|jobs|courses|recipes)\b|\d+ /i,
}

export const pageFeatureNames: string[] = [
  ...Object.keys(urlPatterns), 'urlDepth', 'urlHyphens', 'urlDigits', 'urlQuery', 'urlHtml', 'urlLastLength',
  ...Object.keys(typePatterns), 'ogArticle', 'ogProduct', 'ogWebsite', 'itemProduct', 'itemArticle', 'itemPosting', 'itemList',
  ...Object.keys(bodyPatterns), ...Object.keys(generators), ...Object.keys(titlePatterns), 'metaArticle', 'metaProduct',
  'words', 'linkDensity', 'blocks', 'goodShare', 'goodBlocks', 'stopRatio', 'wordsPerBlock', 'sentencesPer100', 'paragraphWords', 'headingWords',
  'listWords', 'tableWords', 'preWords', 'mainWords', 'articleWords', 'articles', 'forms', 'inputs', 'buttons', 'images', 'codeBlocks', 'inlineCode',
  'tables', 'times', 'videos', 'h1', 'h2', 'h3', 'prices', 'cartPhrases', 'replyPhrases', 'bylinePhrases', 'reviewPhrases', 'detailPhrases', 'editPhrases',
  'groupShare', 'groupItems', 'groupWordsPerItem', 'groupLinkDensity', 'groupImages', 'longGroupShare', 'longGroupItems', 'longGroupWordsPerItem',
  ...markupNames.map((name) => `share:${name}`),
]

const log = (value: number): number => Math.log2(1 + value)
const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)

/** `phrases` holds the phrase mask of each block. */
export const pageFeatures = (page: Page, structured: Structured, totals: Totals, phrases: Int32Array, url: string): Float32Array => {
  const values: number[] = []
  const lower = url.toLowerCase().slice(0, 2000)
  for (const pattern of Object.values(urlPatterns)) values.push(pattern.test(lower) ? 1 : 0)
  const path = lower.replace(/^[a-z]+:\/\/[^/]*/, '').replace(/[?#].*$/, '')
  const parts = path.split('/').filter((part) => part !== '')
  const last = parts.at(-1) ?? ''
  values.push(parts.length, (last.match(/[-_]/g) ?? []).length, ratio((last.match(/\d/g) ?? []).length, last.length), lower.includes('?') ? 1 : 0, /\.html?$/.test(path) ? 1 : 0, last.length)
  for (const pattern of Object.values(typePatterns)) values.push(log(structured.types.reduce((sum, type) => sum + (pattern.test(type) ? 1 : 0), 0)))
  const items = page.counts.itemTypes.map((type) => type.slice(type.lastIndexOf('/') + 1).toLowerCase())
  const itemCount = (pattern: RegExp): number => log(items.reduce((sum, type) => sum + (pattern.test(type) ? 1 : 0), 0))
  values.push(structured.ogType.includes('article') ? 1 : 0, structured.ogType.includes('product') ? 1 : 0, structured.ogType.includes('website') ? 1 : 0,
    itemCount(/^product$/), itemCount(/article|blogposting/), itemCount(/question|answer|comment|posting$/), itemCount(/list|event|collection/))
  const body = page.bodyWords.toLowerCase()
  for (const pattern of Object.values(bodyPatterns)) values.push(pattern.test(body) ? 1 : 0)
  for (const pattern of Object.values(generators)) values.push(pattern.test(structured.generator) ? 1 : 0)
  for (const pattern of Object.values(titlePatterns)) values.push(pattern.test(structured.title) ? 1 : 0)
  values.push(structured.metaNames.includes('article:') ? 1 : 0, structured.metaNames.includes('product:') ? 1 : 0)

  const sums = { good: 0, paragraph: 0, heading: 0, list: 0, table: 0, pre: 0, main: 0, article: 0, code: 0, price: 0 }
  const phraseCounts = new Int32Array(32)
  const markup = new Float64Array(markupNames.length)
  const main = contextBit('main'), article = contextBit('article'), list = contextBit('list'), table = contextBit('table'), pre = contextBit('pre'), heading = contextBit('heading')
  page.blocks.forEach((block, index) => {
    const words = block.size.words
    const context = page.context[block.element] ?? 0
    if (isGood(block)) sums.good++
    if (page.elements[block.element]?.name === 'p') sums.paragraph += words
    if (context & heading) sums.heading += words
    if (context & list) sums.list += words
    if (context & table) sums.table += words
    if (context & pre) sums.pre += words
    if (context & main) sums.main += words
    if (context & article) sums.article += words
    sums.code += block.inlineCode
    if (block.size.currency > 0 && block.size.digits > 0) sums.price++
    const mask = phrases[index] ?? 0
    for (let bit = 0; bit < 15; bit++) if (mask & (1 << bit)) phraseCounts[bit] = (phraseCounts[bit] ?? 0) + 1
    const vocabulary = page.allMarkup[block.element] ?? 0
    if (vocabulary !== 0) for (let bit = 0; bit < markup.length; bit++) if (vocabulary & (1 << bit)) markup[bit] = (markup[bit] ?? 0) + words
  })
  let articles = 0
  page.ownContext.forEach((context) => { if (context & article) articles++ })
  const { words } = totals
  const counts = page.counts
  values.push(log(words), ratio(totals.linkWords, words), log(page.blocks.length), ratio(totals.goodWords, words), log(sums.good), ratio(totals.stops, words),
    ratio(words, page.blocks.length), 100 * ratio(totals.sentences, words), ratio(sums.paragraph, words), ratio(sums.heading, words), ratio(sums.list, words),
    ratio(sums.table, words), ratio(sums.pre, words), ratio(sums.main, words), ratio(sums.article, words), log(articles), log(counts.forms), log(counts.inputs),
    log(counts.buttons), log(counts.images), log(counts.codeBlocks), log(sums.code), log(counts.tables), log(counts.times), log(counts.videos),
    counts.headings[0] ?? 0, log(counts.headings[1] ?? 0), log(counts.headings[2] ?? 0), log(sums.price), log(phraseCounts[6] ?? 0), log(phraseCounts[9] ?? 0),
    log(phraseCounts[10] ?? 0), log(phraseCounts[11] ?? 0), log(phraseCounts[13] ?? 0), log(phraseCounts[12] ?? 0))
  values.push(...groupFeatures(page, totals))
  for (const sum of markup) values.push(ratio(sum, words))
  return Float32Array.from(values)
}

/** The repeated group that holds most words, and the one that holds most words in items of twenty words or more. */
const groupFeatures = (page: Page, totals: Totals): number[] => {
  const words = prefixWords(page)
  const groups = new Map<number, { items: number; words: number; links: number; images: number }>()
  for (let i = 0; i < page.elements.length; i++) {
    if ((page.alike[i] ?? 0) < 3) continue
    const first = page.firstBlock[i] ?? 0
    const end = page.lastBlock[i] ?? 0
    if (end <= first) continue
    const key = ((page.parent[i] ?? -1) + 1) * 0x400000 + (page.signature[i] ?? 0)
    let group = groups.get(key)
    if (group === undefined) groups.set(key, (group = { items: 0, words: 0, links: 0, images: 0 }))
    group.items++
    group.words += (words.all[end] ?? 0) - (words.all[first] ?? 0)
    group.links += (words.links[end] ?? 0) - (words.links[first] ?? 0)
    group.images += (page.images[i] ?? 0) > 0 ? 1 : 0
  }
  const none = { items: 0, words: 0, links: 0, images: 0 }
  let most = none
  let long = none
  for (const group of groups.values()) {
    if (group.items < 3) continue
    if (group.words > most.words && group.words < 0.98 * totals.words) most = group
    if (group.words > 20 * group.items && group.words > long.words && group.items > 2) long = group
  }
  return [ratio(most.words, totals.words), log(most.items), log(ratio(most.words, most.items)), ratio(most.links, most.words), ratio(most.images, most.items),
    ratio(long.words, totals.words), log(long.items), log(ratio(long.words, long.items))]
}

/** Words before each block, so that a subtree's words are a difference. */
export const prefixWords = (page: Page): { all: Float64Array; links: Float64Array; good: Float64Array } => {
  const all = new Float64Array(page.blocks.length + 1)
  const links = new Float64Array(page.blocks.length + 1)
  const good = new Float64Array(page.blocks.length + 1)
  page.blocks.forEach((block, i) => {
    all[i + 1] = (all[i] ?? 0) + block.size.words
    links[i + 1] = (links[i] ?? 0) + block.linkWords
    good[i + 1] = (good[i] ?? 0) + (isGood(block) ? block.size.words : 0)
  })
  return { all, links, good }
}
