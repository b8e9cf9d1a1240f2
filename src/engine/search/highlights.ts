/** About four characters a token; one where a script puts a word into a character or two. */
export const tokensOf = (text: string): number => {
  const dense = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu)?.length ?? 0
  return Math.ceil(dense + (text.length - dense) / 4)
}

const tokensMin = 20

/** As many of the best passages as fit the budget, the last one cut. */
export const withinBudget = (passages: readonly string[], maxTokens: number): string[] => {
  const kept: string[] = []
  let left = maxTokens
  for (const passage of passages) {
    if (left < tokensMin && kept.length > 0) break
    const text = truncated(passage, left)
    if (text === '') continue
    kept.push(text)
    left -= tokensOf(text)
  }
  return kept
}

/** The beginning of a text within so many tokens, cut where a block, a sentence or a word ends. */
export const truncated = (text: string, maxTokens: number): string => {
  if (tokensOf(text) <= maxTokens) return text
  let [low, high] = [0, Math.min(text.length, maxTokens * 4)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (tokensOf(text.slice(0, middle)) <= maxTokens) low = middle
    else high = middle - 1
  }
  const head = text.slice(0, low).replace(/[\ud800-\udbff]$/, '')
  const end = [head.lastIndexOf('\n\n'), lastSentence(head), Math.max(head.lastIndexOf(' '), head.lastIndexOf('\n'))].find((at) => at > head.length / 2)
  return head.slice(0, end).trimEnd()
}

/** Where the last whole sentence ends. */
const lastSentence = (text: string): number => Math.max(...['. ', '! ', '? ', '.\n', '。', '！', '？'].map((mark) => text.lastIndexOf(mark))) + 1

/** The passage from shortly before the first of these words, where its beginning alone would not reach it. */
export const around = (passage: string, words: readonly string[], maxTokens: number): string => {
  if (tokensOf(passage) <= maxTokens) return passage
  const lower = passage.toLowerCase()
  const at = words.map((word) => lower.indexOf(word.toLowerCase())).filter((i) => i >= 0).reduce((least, i) => Math.min(least, i), passage.length)
  if (at === passage.length || tokensOf(passage.slice(0, at + 40)) <= maxTokens) return passage
  const sentence = lastSentence(passage.slice(0, at))
  return passage.slice(at - sentence > maxTokens ? at - Math.floor(maxTokens / 2) : sentence).trimStart()
}
