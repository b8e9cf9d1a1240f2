/** A proxy of the operator's. */
export interface ProxyAddress {
  protocol: 'http' | 'https' | 'socks5'
  host: string
  port: number
  username: string
  password: string
  /** Two letters, lower case. */
  country: string | undefined
}

const ports = { http: 80, https: 443, socks5: 1080 } as const

/** Reads `http://user:password@host:port`, with `us=` in front for a country. Throws an `Error` that never holds the password. */
export const readProxy = (text: string): ProxyAddress => {
  const [, country, address = ''] = /^(?:([a-z]{2})=)?(.*)$/is.exec(text.trim()) ?? []
  const url = URL.parse(address)
  const protocol = url?.protocol.slice(0, -1)
  if (!url || url.hostname === '' || (protocol !== 'http' && protocol !== 'https' && protocol !== 'socks5') || (url.pathname !== '/' && url.pathname !== '') || url.search !== '' || url.hash !== '') {
    throw new Error(`proxy ${JSON.stringify(url?.hostname ?? '…')} cannot be read: expected http://, https:// or socks5://user:password@host:port, with a country in front where it has one (us=http://…)`)
  }
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || ports[protocol],
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    country: country?.toLowerCase(),
  }
}
