/** What a text node touches on either side; `''` where that is a space or the edge of a block. */
export interface Surroundings {
  before: string
  lineStart: boolean
  /** Inside the text of a link, where brackets must balance. */
  inLink: boolean
  /** Inside a table cell, where a pipe would end it. */
  inCell: boolean
  /** Directly after a list marker, where `[ ]` would be a task box. */
  itemStart: boolean
}

const special = /[\\`*_[\]<&~|]/
const specials = /[\\`*_[\]<&~|]/g
const wordChar = /[\p{L}\p{N}]/u
const asciiPunctuation = /[!-/:-@[-`{-~]/
const entity = /^&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});/i
const lineOpeners = /^(?:#{1,6}(?=\s|$)|>|[-+](?=\s|$)|-+\s*$|=+\s*$|[-:|][-:|\s]*\|)/
const ordinal = /^\d{1,9}(?=[.)](?:\s|$))/

/** Escapes only what Markdown would read as markup at this very place. */
export const escapeText = (text: string, around: Surroundings): string => {
  const inline = special.test(text) ? text.replace(specials, (char, at: number) => (needsEscape(char, at, text, around) ? `\\${char}` : char)) : text
  if (!around.lineStart) return around.before === ']' && inline.startsWith('(') ? `\\${inline}` : inline
  if (lineOpeners.test(inline)) return `\\${inline}`
  const digits = ordinal.exec(inline)?.[0]
  if (digits) return `${digits}\\${inline.slice(digits.length)}`
  if (inline.startsWith('[') && (/^\[[^\]]{1,999}\]:/.test(inline) || (around.itemStart && /^\[[ xX]?\]/.test(inline)))) return `\\${inline}`
  return inline
}

const needsEscape = (char: string, at: number, text: string, around: Surroundings): boolean => {
  const next = text[at + 1] ?? ''
  const previous = at > 0 ? (text[at - 1] ?? '') : around.before
  switch (char) {
    case '`':
      return true
    case '|':
      return around.inCell
    case '[':
      return around.inLink || next === '^'
    case ']':
      return around.inLink || next === '('
    case '<':
      return next === '' || /[a-zA-Z/!?]/.test(next)
    case '&':
      return entity.test(text.slice(at, at + 40))
    case '\\':
      return next === '' || asciiPunctuation.test(next)
    case '*':
      return !(next === ' ' && previous === ' ')
    case '_':
      return !((previous === ' ' && next === ' ') || (wordChar.test(previous) && wordChar.test(next)))
    case '~':
      // Two of them strike; one alone does nothing as long as none can close.
      return next === '' || next === '~' || previous === '~' || (previous !== '' && previous !== ' ' && (wordChar.test(previous) || !wordChar.test(next)))
    default:
      return false
  }
}

/** Whitespace runs become one space, non-breaking ones too; characters that show nothing are dropped. */
export const collapseSpace = (text: string): string => {
  if (!untidy.test(text)) return text
  return text.replace(invisible, '').replace(spaces, ' ')
}

const untidy = /[\t-\r\u0000-\u0008\u000e-\u001f\u007f\u00a0\u00ad\u200b\u2028\u2029\u2060\ufeff]| {2}/
const invisible = /[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b\u2060\ufeff]+/g
const spaces = /[\t-\r \u00a0\u2028\u2029]+/g

/** A destination in parentheses; angle brackets where its own parentheses would confuse. */
export const destination = (url: string): string => (/[()\s<>|]/.test(url) ? wrapped(url.replace(/[<>\s|]/g, encodeURIComponent)) : url)

const wrapped = (url: string): string => (/[()]/.test(url) ? `<${url}>` : url)

export const titleOf = (title: string): string => {
  const tidy = collapseSpace(title).trim()
  return tidy === '' ? '' : ` "${tidy.replace(/["\\]/g, '\\$&')}"`
}

/** Code between backticks, more of them than any run inside. */
export const codeSpan = (code: string, inCell: boolean): string => {
  const fence = '`'.repeat(longestRun(code, '`') + 1)
  const pad = code.startsWith('`') || code.endsWith('`') || (code.startsWith(' ') && code.endsWith(' ')) ? ' ' : ''
  return `${fence}${pad}${inCell ? code.replaceAll('|', '\\|') : code}${pad}${fence}`
}

export const longestRun = (text: string, char: string): number => {
  let longest = 0
  let run = 0
  for (let i = text.indexOf(char); i >= 0 && i < text.length; i++) {
    if (text[i] === char) {
      run++
      if (run > longest) longest = run
    } else {
      run = 0
      const next = text.indexOf(char, i)
      if (next < 0) break
      i = next - 1
    }
  }
  return longest
}
