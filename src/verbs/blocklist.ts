/** True where a URL matches a key's list of hosts (`example.com`), wildcards (`*.example.com`) and URL prefixes. */
export const isBlocklisted = (url: string, list: readonly string[]): boolean => {
  if (list.length === 0) return false
  const parsed = URL.parse(url)
  if (!parsed) return false
  const host = parsed.hostname.replace(/\.$/, '')
  return list.some((entry) => matches(parsed, host, entry.trim().toLowerCase()))
}

const matches = (url: URL, host: string, entry: string): boolean => {
  if (entry.includes('://')) {
    // Compared in the parser's spelling, so that case or an explicit port opens no way round.
    const prefix = URL.parse(entry)?.href ?? entry
    return url.href.toLowerCase().startsWith(prefix.toLowerCase())
  }
  if (entry.startsWith('*.')) return host.endsWith(entry.slice(1))
  if (entry.includes('/')) return `${host}${url.pathname}`.toLowerCase().startsWith(entry)
  return host === entry || host === `www.${entry}`
}
