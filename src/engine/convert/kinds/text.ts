import type { KindConverter } from './kind.ts'

const lines = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('\0', '')

/** Plain text is taken as it is: escaping it would only spoil it. */
export const text: KindConverter = (source) => {
  const plain = lines(source.text)
  return { markdown: plain.trim(), text: plain }
}

/** Markdown is what is asked for already; its front matter and first heading tell about it. */
export const markdown: KindConverter = (source) => {
  const plain = lines(source.text)
  const front = /^---\n([\s\S]{0,5000}?)\n(?:---|\.\.\.)(?:\n|$)/.exec(plain)
  const field = (name: string): string | undefined =>
    front?.[1] === undefined ? undefined : new RegExp(`^${name}:[ \\t]*["']?(.+?)["']?[ \\t]*$`, 'm').exec(front[1])?.[1]
  const heading = /^#[ \t]+(.{1,500})$/m.exec(plain)?.[1]?.replace(/[ \t]+#+$/, '') ?? /^(.{1,500})\n=+[ \t]*$/m.exec(plain)?.[1]
  const title = field('title') ?? heading
  const description = field('description')
  return { markdown: plain.trim(), text: plain, metadata: { ...(title ? { title } : {}), ...(description ? { description } : {}) } }
}
