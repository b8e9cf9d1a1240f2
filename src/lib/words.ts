/** Scripts that put no spaces between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const inside = `${unspaced.source.slice(1, -1)}\\u30fc`
const runs = new RegExp(`[${inside}]+|(?:(?![${inside}])[\\p{L}\\p{N}\\p{M}])+`, 'gu')
const wordCharsMax = 64
/** Most texts: ASCII, and marks that neither are part of a word nor unfold into one. */
const simple = /^[\0-\x7f\xa0\xa1\xa7\xa9\xab\xae\xb0\xb7\xbb\xbf\u2010-\u2022\u2026\u2039\u203a\u20ac\u2190-\u2193]*$/

/** Words as they are compared: lower case, Latin and Greek without accents; pairs of characters, and the last one alone, where a script puts no spaces. */
export const wordsOf = (text: string): string[] => (simple.test(text) ? simpleWordsOf(text) : anyWordsOf(text))

const simpleWordsOf = (text: string): string[] => {
  const words: string[] = text.toLowerCase().match(/[a-z0-9]+/g) ?? []
  for (const [i, word] of words.entries()) if (word.length > wordCharsMax) words[i] = word.slice(0, wordCharsMax)
  return words
}

const anyWordsOf = (text: string): string[] =>
  (plain(text).match(runs) ?? []).flatMap((run) => (unspaced.test(run) ? pairsOf(run) : [Array.from(run.slice(0, 2 * wordCharsMax)).slice(0, wordCharsMax).join('')]))

const plain = (text: string): string =>
  text.normalize('NFKC').toLowerCase().normalize('NFD').replace(/([\p{Script=Latin}\p{Script=Greek}])\p{Mn}+/gu, '$1').normalize('NFC')

/** The last character stands alone too, so that every character begins some word. */
const pairsOf = (run: string): string[] => {
  const characters = Array.from(run)
  return characters.map((character, i) => `${character}${characters[i + 1] ?? ''}`)
}

/** True for one character of such a script: it stands for all words that begin with it. */
export const isPart = (word: string): boolean => Array.from(word).length === 1 && unspaced.test(word)

/** True where a pair of characters of such a script, or one of them, is the word. */
export const isPair = (word: string): boolean => unspaced.test(word)
