/** Markdown as plain text: what marks it up is gone, what it says and its lines stay. */
export const plainText = (markdown: string): string => {
  let fence = ''
  const lines: string[] = []
  for (const line of markdown.split('\n')) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? ''
    if (fence === '' && mark === '') {
      const text = plainLine(line)
      if (text !== undefined) lines.push(text)
    } else if (fence === '') fence = mark
    else if (mark.startsWith(fence)) fence = ''
    else lines.push(line)
  }
  return lines.join('\n').replace(/\n{3,}/g, '\n\n').trim()
}

/** Undefined for a line that only marks something. */
const plainLine = (line: string): string | undefined => {
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line) || /^\s*\|?\s*:?-{3,}[\s:|-]*$/.test(line)) return undefined
  const bare = line.replace(/^(\s*>)+\s?/, '').replace(/^\s{0,3}#{1,6}\s+/, '').replace(/\s+#+\s*$/, '')
  const cells = /^\s*\|(.*)\|\s*$/.exec(bare)
  return inline(cells ? (cells[1] ?? '').split(/(?<!\\)\|/).map((cell) => cell.trim()).join('\t') : bare)
}

const inline = (text: string): string =>
  text
    .replace(/!\[([^\][]*)\]\([^()\s]*(?:\s"[^"]*")?\)/g, '$1')
    .replace(/\[([^\][]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s"[^"]*")?\)/g, '$1')
    .replace(/<\/?(?:sub|sup|ins|del|kbd|mark|small|abbr|u|s)>|\[\^[\w-]{1,40}\]/gi, '')
    .replace(/<br\s*\/?>/gi, ' ')
    .replace(/<(https?:\/\/[^<>\s]+)>/g, '$1')
    .replace(/(`+)([^`]+)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}\\])(\*{1,3}|_{1,3}|~~)(?=\S)([^*_~]*[^*_~\s])\1(?![\p{L}\p{N}])/gu, '$2')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
