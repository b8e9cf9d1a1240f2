import { random } from './train-forest.ts'

/** The registrable part of a page's host, near enough for grouping. */
export const siteOf = (url: string): string => {
  const host = /^[a-z]+:\/\/([^/:?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? url
  return host.split('.').slice(-2).join('.')
}

/** The fold of each page. Pages of one site share a fold, so that no model is judged on a template that it was taught. */
export const groupFolds = (urls: readonly string[], folds: number, seed: number): number[] => {
  const next = random(seed)
  const order = [...new Set(urls.map(siteOf))].sort().map((site) => ({ site, key: next() })).sort((a, b) => a.key - b.key)
  const foldOf = new Map(order.map(({ site }, i) => [site, i % folds]))
  return urls.map((url) => foldOf.get(siteOf(url)) ?? 0)
}
