/** A block of Markdown: a heading, a paragraph, a list, a table, a piece of code. */
export interface Block {
  text: string
  /** 1 to 6 of a heading; 0 of anything else. */
  level: number
  /** Of a heading, without marks. */
  title: string
  /** Of a document with pages, where its marks tell. */
  page: number | undefined
}

const titleChars = 1000
const pageMark = /^<!-- page (\d{1,6}) -->$/

/** Markdown at its blank lines; fenced code stays whole, and so does a table. Page marks become the page of what follows. */
export const blocksOf = (markdown: string): Block[] => {
  const blocks: Block[] = []
  let lines: string[] = []
  let fence = ''
  let page: number | undefined
  const close = (): void => {
    if (lines.length === 0) return
    const text = lines.join('\n')
    lines = []
    const mark = pageMark.exec(text)
    if (mark) {
      page = Number(mark[1])
      return
    }
    const heading = /^ {0,3}(#{1,6})[ \t]+([^\n]*)$/.exec(text)
    blocks.push({ text, level: heading?.[1]?.length ?? 0, title: heading ? plainTitle((heading[2] ?? '').slice(0, titleChars)) : '', page })
  }
  for (const line of markdown.split('\n')) {
    const mark = /^[ >]*(`{3,}|~{3,})/.exec(line)?.[1] ?? ''
    if (fence !== '') {
      lines.push(line)
      if (mark.startsWith(fence) && /^[ >]*[`~]+\s*$/.test(line)) fence = ''
    } else if (line.trim() === '') close()
    else {
      const heading = /^ {0,3}#{1,6}[ \t]/.test(line)
      if (heading) close()
      lines.push(line)
      if (heading) close()
      else fence = mark
    }
  }
  close()
  return blocks
}

/** As a reader sees it: links by their text, no emphasis, no escapes. */
const plainTitle = (title: string): string =>
  title.replace(/!?\[([^\]]{0,500})\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s"[^"]*")?\)/g, '$1').replace(/(?<!\\)(?:\*{1,3}|~~|`)/g, '').replace(/\\([!-/:-@[-`{-~])/g, '$1').replace(/\s+#+\s*$/, '').replace(/\s+/g, ' ').trim().slice(0, 300)

export const joinBlocks = (blocks: readonly Pick<Block, 'text'>[]): string => blocks.map((block) => block.text).join('\n\n')
