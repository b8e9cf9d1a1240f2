const bareHost = /^[\p{L}\p{N}_.-]+\.[\p{L}\p{N}-]{2,}(:\d{1,5})?([/?#]|$)/u

/** A URL as people type it: trimmed, `https://` in front of a bare host. Undefined where it is none. */
export const parseUrl = (input: string): URL | undefined => {
  const text = input.trim()
  return URL.parse(bareHost.test(text) ? `https://${text}` : text) ?? undefined
}

/** The text that `parseUrl` reads, unchanged apart from an added scheme. */
export const withScheme = (input: string): string => {
  const text = input.trim()
  return bareHost.test(text) ? `https://${text}` : text
}

/** For logs and evidence: no user, no password, no fragment. */
export const publicForm = (input: string | URL): string => {
  const url = typeof input === 'string' ? URL.parse(input) : new URL(input)
  if (!url) return ''
  url.username = ''
  url.password = ''
  url.hash = ''
  return url.href
}

/** The same for a text with URLs in it that need not be whole, as a path such as `/r/https://user:password@host/`. */
export const withoutUserInfo = (text: string): string => text.replace(/(https?:\/{1,2})[^/?#\s]*@/gi, '$1')
