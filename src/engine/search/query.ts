import type { ParsedQuery } from '../../contract/search.ts'

const part = /(-?)(?:(site:)([^\s"]+)|["“”„]([^"“”„]*)(?:["“”„]|$)|([^\s"“”„]+))/giu
const hostName = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?$/u

/** Words, `"phrases"`, `-without`, `begin*`, `site:` and `-site:`. Whatever else stands there is text. */
export const parseQuery = (text: string): ParsedQuery => {
  const parsed: ParsedQuery = { words: [], prefixes: [], phrases: [], without: [], sites: [], notSites: [] }
  for (const [, minus, site, place = '', phrase, word = ''] of text.matchAll(part)) {
    const isWithout = minus === '-'
    if (site) {
      const host = hostOf(place)
      if (host !== undefined) (isWithout ? parsed.notSites : parsed.sites).push(host)
      else parsed.words.push(place)
    } else if (phrase !== undefined) {
      if (phrase.trim() !== '') (isWithout ? parsed.without : parsed.phrases).push(phrase.trim())
    } else if (isWithout && /[\p{L}\p{N}]/u.test(word)) parsed.without.push(word)
    else if (/^[\p{L}\p{N}]{2,}\*$/u.test(word)) parsed.prefixes.push(word.slice(0, -1))
    else if (/[\p{L}\p{N}]/u.test(word)) parsed.words.push(word)
  }
  return parsed
}

/** `https://www.Example.com/docs` → `www.example.com`; undefined where no host is named. */
export const hostOf = (text: string): string | undefined => {
  const bare = text.trim().replace(/^https?:\/\//i, '').replace(/^\*?\.+/, '').replace(/[/?#:].*$/su, '').replace(/\.+$/, '')
  if (!hostName.test(bare) || bare.length > 253) return undefined
  return URL.parse(`http://${bare}/`)?.hostname
}

/** True where a host is one of these or below one. */
export const isUnder = (host: string, domains: readonly string[]): boolean => domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
