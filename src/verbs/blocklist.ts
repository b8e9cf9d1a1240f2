/** True where a URL matches a key's list of hosts (`example.com`), wildcards (`*.example.com`) and URL prefixes. */
export const isBlocklisted = (url: string, list: readonly string[]): boolean => {
  if (list.length === 0) return false
  const parsed = URL.parse(url)
  if (!parsed) return false
  const spelt = plain(parsed)
  return list.some((entry) => matches(spelt, entry.trim().toLowerCase()))
}

/** One spelling of what servers take as one URL: no dot after the host, no escape of a character that needs none. */
const plain = (url: URL): URL => {
  const spelt = new URL(url)
  spelt.hostname = spelt.hostname.replace(/\.$/, '')
  spelt.pathname = spelt.pathname.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return /[A-Za-z0-9._~-]/.test(char) ? char : escape
  })
  return spelt
}

const hostOf = (name: string): string => URL.parse(`http://${name}/`)?.hostname ?? name

const matches = (url: URL, entry: string): boolean => {
  if (entry.includes('://')) {
    // Compared in the parser's spelling, so that case or an explicit port opens no way round.
    const parsed = URL.parse(entry)
    return url.href.toLowerCase().startsWith((parsed ? plain(parsed).href : entry).toLowerCase())
  }
  const host = url.hostname
  if (entry.startsWith('*.')) return host.endsWith(`.${hostOf(entry.slice(2))}`)
  if (entry.includes('/')) return `${host}${url.pathname}`.toLowerCase().startsWith(entry)
  const name = hostOf(entry).replace(/\.$/, '')
  return host === name || host === `www.${name}`
}
