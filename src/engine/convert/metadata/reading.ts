const wordsPerMinute = 238
/** `countWords` counts each of their characters. */
const charactersPerMinute = 500

/** How long a text is, and how long reading it takes. */
export const readingOf = (words: number, language: string | undefined): { word_count: number; reading_minutes?: number } => {
  const speed = /^(?:zh|ja|ko|yue)\b/i.test(language ?? '') ? charactersPerMinute : wordsPerMinute
  return { word_count: words, ...(words > 0 ? { reading_minutes: Math.max(1, Math.round(words / speed)) } : {}) }
}
