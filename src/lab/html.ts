export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export interface PageParts {
  title: string
  lang?: string
  description?: string
  /** Further lines of the head: meta, link, style, JSON-LD. */
  head?: string
  body: string
  bodyClass?: string
}

/** A whole document around a page's own parts. */
export const page = (parts: PageParts): string => `<!doctype html>
<html lang="${parts.lang ?? 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(parts.title)}</title>
${parts.description === undefined ? '' : `<meta name="description" content="${escapeHtml(parts.description)}">\n`}<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${parts.head ?? ''}</head>
<body${parts.bodyClass === undefined ? '' : ` class="${parts.bodyClass}"`}>
${parts.body}
</body>
</html>
`

/** `</script>` inside the data must not end the element. */
export const jsonLd = (data: unknown): string =>
  `<script type="application/ld+json">\n${JSON.stringify(data, null, 2).replaceAll('</', '<\\/')}\n</script>\n`

/** Joins what a template maps over. */
export const each = <T>(items: Iterable<T>, render: (item: T, index: number) => string): string =>
  Array.from(items, render).join('\n')
