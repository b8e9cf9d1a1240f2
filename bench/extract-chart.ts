export interface Series { name: string; colour: string; values: number[] }

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')

/** Grouped bars, one group per label, values between 0 and 1. */
export const barChart = (title: string, note: string, labels: readonly string[], series: readonly Series[]): string => {
  const bar = 13
  const gap = 26
  const top = 92
  const height = 300
  const left = 48
  const group = series.length * bar + gap
  const width = left + labels.length * group + 20
  const y = (value: number): number => top + height * (1 - value)
  const parts: string[] = []
  for (let tick = 0; tick <= 10; tick += 2) {
    parts.push(`<line x1="${left}" x2="${width - 10}" y1="${y(tick / 10)}" y2="${y(tick / 10)}" stroke="#ddd"/>`,
      `<text x="${left - 6}" y="${y(tick / 10) + 4}" text-anchor="end">${(tick / 10).toFixed(1)}</text>`)
  }
  labels.forEach((label, g) => {
    const x = left + g * group + gap / 2
    series.forEach(({ name, colour, values }, s) => {
      const value = values[g] ?? 0
      parts.push(`<rect x="${x + s * bar}" y="${y(value)}" width="${bar - 2}" height="${height * value}" fill="${colour}"><title>${escape(name)} ${value.toFixed(3)}</title></rect>`,
        `<text x="${x + s * bar + 9}" y="${y(value) - 4}" transform="rotate(-90 ${x + s * bar + 9} ${y(value) - 4})" font-size="9">${value.toFixed(3).slice(1)}</text>`)
    })
    parts.push(`<text x="${x + (series.length * bar) / 2}" y="${top + height + 18}" text-anchor="middle">${escape(label)}</text>`)
  })
  let x = left
  for (const { name, colour } of series) {
    parts.push(`<rect x="${x}" y="36" width="11" height="11" fill="${colour}"/><text x="${x + 16}" y="46">${escape(name)}</text>`)
    x += 34 + name.length * 6.6
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.max(width, x)}" height="${top + height + 52}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="#fff"/><text x="${left}" y="22" font-size="15" font-weight="600">${escape(title)}</text>
${parts.join('\n')}
<text x="${left}" y="${top + height + 42}" fill="#666">${escape(note)}</text></svg>
`
}
