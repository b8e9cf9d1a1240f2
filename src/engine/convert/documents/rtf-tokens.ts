/** A piece of RTF: braces, a control word with its number, a byte in hex, or plain characters. */
export type Token =
  | { kind: 'open' | 'close' }
  | { kind: 'word'; word: string; value: number | undefined }
  | { kind: 'byte'; byte: number }
  | { kind: 'text'; text: string }

/** One character per byte goes in. Binary data is skipped by the length that it declares. */
export const tokensOf = function* (rtf: string): Generator<Token> {
  const plain = /[^\\{}\r\n]+/y
  const control = /\\([a-zA-Z]{1,40})(-?\d{1,10})? ?/y
  let at = 0
  while (at < rtf.length) {
    const char = rtf[at]
    if (char === '{' || char === '}') {
      yield { kind: char === '{' ? 'open' : 'close' }
      at++
    } else if (char === '\\') {
      control.lastIndex = at
      const found = control.exec(rtf)
      if (found) {
        at = control.lastIndex
        const value = found[2] === undefined ? undefined : Number(found[2])
        if (found[1] === 'bin') at += Math.max(0, value ?? 0)
        else yield { kind: 'word', word: found[1] ?? '', value }
      } else if (rtf[at + 1] === "'") {
        const byte = Number.parseInt(rtf.slice(at + 2, at + 4), 16)
        if (Number.isFinite(byte)) yield { kind: 'byte', byte }
        at += 4
      } else {
        const symbol = rtf[at + 1] ?? ''
        if (symbol === '*') yield { kind: 'word', word: '*', value: undefined }
        else if (symbol === '\n' || symbol === '\r') yield { kind: 'word', word: 'par', value: undefined }
        else yield { kind: 'text', text: symbol === '~' ? '\u00a0' : symbol === '-' ? '' : symbol === '_' ? '\u2011' : symbol }
        at += 2
      }
    } else if (char === '\r' || char === '\n') at++
    else {
      plain.lastIndex = at
      const found = plain.exec(rtf)
      if (!found) return
      yield { kind: 'text', text: found[0] }
      at = plain.lastIndex
    }
  }
}
