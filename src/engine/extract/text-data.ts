const pair = /^\s*(?:[-*+]\s+)?(?:\*\*|__)?([\p{L}][\p{L}\p{N} .'/&()-]{0,60}?)(?:\*\*|__)?\s*[:：]\s*(?:\*\*|__)?\s*(\S.{0,2000}?)(?:\*\*|__)?\s*$/u
const row = /^\s*\|(.+)\|\s*$/
const rule = /^\s*\|?\s*:?-{2,}/
const linesMax = 20_000

/** What plain text or Markdown says under names: labelled lines, front matter, tables, its first heading. */
export const dataInText = (text: string): Record<string, unknown> => {
  const data: Record<string, unknown> = {}
  const put = (name: string, value: unknown): void => {
    if (name !== '__proto__' && !Object.hasOwn(data, name)) data[name] = value
  }
  let headers: string[] | undefined
  let items: Record<string, string>[] = []
  let lines = 0
  let heading = 'items'
  const close = (): void => {
    if (items.length > 0) put(heading, items)
    items = []
    headers = undefined
  }
  for (const line of text.split(/\r?\n/)) {
    if (++lines > linesMax) break
    const cells = row.exec(line)?.[1]?.split('|').map((cell) => cell.trim())
    if (cells) {
      if (!headers) headers = cells
      else if (!rule.test(line)) {
        const names = headers
        if (names.length === 2 && cells.length === 2 && cells[0]) put(cells[0], cells[1])
        items.push(Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''] as const).filter(([name]) => name !== '' && name !== '__proto__')))
      }
      continue
    }
    close()
    const title = /^(#{1,6})\s+(.+?)\s*#*$/.exec(line)
    if (title?.[2]) {
      if (title[1] === '#') put('title', title[2])
      heading = title[2]
      continue
    }
    const match = pair.exec(line)
    if (match?.[1] && match[2]) put(match[1], match[2])
  }
  close()
  return data
}
