const wordsMax = 40_000

/** Folded and without plural endings, the same for pages and for terms. Scripts without spaces give no words. */
export const wordsOf = (text: string): string[] => {
  const words: string[] = []
  const folded = text.slice(0, wordsMax * 10).normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase().replace(/['’]s?\b/g, '')
  for (const [word] of folded.matchAll(/[\p{L}\p{N}]+/gu)) {
    words.push(stem(word))
    if (words.length >= wordsMax) break
  }
  return words
}

const stem = (word: string): string => {
  if (word.length < 4 || !word.endsWith('s') || /(?:ss|us|is|news|sports?|ics)$/.test(word)) return word
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`
  return /(?:[sx]|ch|sh)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1)
}
