import { RE2JS } from 're2js'
import type { UrlPattern } from '../contract/jobs.ts'

export type UrlTest = (url: URL) => boolean

/** Compiles a pattern; undefined where it is not valid. Time is linear in the URL, whatever the pattern. */
export const compilePattern = ({ kind, value }: UrlPattern): UrlTest | undefined => {
  try {
    if (kind === 'regex') {
      const regex = RE2JS.compile(value)
      return (url) => regex.matcher(url.href).find()
    }
    const regex = RE2JS.compile(globSource(value))
    if (value.includes('://')) return (url) => regex.matches(url.href)
    return (url) => regex.matches(url.pathname) || (url.search !== '' && regex.matches(url.pathname + url.search))
  } catch {
    // The caller names the pattern in a failure of its own.
    return undefined
  }
}

const globSource = (glob: string): string => {
  // `/blog/**` is the whole of the blog, `/blog` itself too.
  const tail = glob.endsWith('/**') ? '(?:/.*)?' : ''
  const body = (tail === '' ? glob : glob.slice(0, -3))
    .split(/(\*+)/)
    .map((part) => (part.startsWith('**') ? '.*' : part === '*' ? '[^/]*' : RE2JS.quote(part)))
    .join('')
  const anchored = glob.startsWith('/') || glob.startsWith('**') || glob.includes('://')
  return `^${anchored ? '' : '(?:.*/)?'}${body}${tail}$`
}
