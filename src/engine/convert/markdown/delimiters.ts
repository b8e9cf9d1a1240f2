/** A pair around inline content. `html` replaces it where Markdown's flanking rules would not let it open or close. */
export interface Delimiter {
  kind: string
  open: string
  close: string
  htmlOpen?: string
  htmlClose?: string
}

export const strong: Delimiter = { kind: 'strong', open: '**', close: '**', htmlOpen: '<strong>', htmlClose: '</strong>' }
export const emphasis: Delimiter = { kind: 'emphasis', open: '*', close: '*', htmlOpen: '<em>', htmlClose: '</em>' }
export const strike: Delimiter = { kind: 'strike', open: '~~', close: '~~', htmlOpen: '<del>', htmlClose: '</del>' }
export const quoted: Delimiter = { kind: 'quoted', open: '“', close: '”' }
export const ruby: Delimiter = { kind: 'ruby', open: '(', close: ')' }
export const link: Delimiter = { kind: 'link', open: '[', close: ']' }

/** Elements that Markdown has no marks for and that its readers know as HTML. */
export const tags: Readonly<Record<string, Delimiter>> = Object.fromEntries(
  ['sub', 'sup', 'kbd', 'mark', 'ins'].map((name) => [name, { kind: name, open: `<${name}>`, close: `</${name}>` }]),
)

const punctuation = /[\p{P}\p{S}]/u

export const isPunctuation = (char: string): boolean => punctuation.test(char)
export const isWord = (char: string): boolean => char !== '' && !/\s/.test(char) && !punctuation.test(char)
export const firstChar = (text: string): string => {
  const code = text.codePointAt(0)
  return code === undefined ? '' : String.fromCodePoint(code)
}
