import type { Brand } from '../../contract/brand.ts'
import { fieldParts, listParts, textParts, type FieldChange, type LineChange, type MonitorDiff, type Snapshot, type Watch } from '../../contract/monitors.ts'
import { RE2JS } from 're2js'

const cellsMax = 4_000_000
const changesMax = 2_000
const context = 3

type Step = { kind: 'same' | 'added' | 'removed'; text: string; oldLine: number; newLine: number }

/** The steps from one text to the other, line by line. Very long differences are told as one block. */
const stepsOf = (before: readonly string[], after: readonly string[], same: (a: string, b: string) => boolean): Step[] => {
  let head = 0
  while (head < before.length && head < after.length && same(before[head] ?? '', after[head] ?? '')) head++
  let tail = 0
  while (tail < before.length - head && tail < after.length - head && same(before[before.length - 1 - tail] ?? '', after[after.length - 1 - tail] ?? '')) tail++
  const [a, b] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)]
  const steps: Step[] = []
  const push = (kind: Step['kind'], i: number, j: number): void => void steps.push({ kind, text: (kind === 'removed' ? before[i] : after[j]) ?? '', oldLine: i + 1, newLine: j + 1 })
  for (let i = 0; i < head; i++) push('same', i, i)
  let [i, j] = [0, 0]
  if (a.length * b.length <= cellsMax) {
    const width = b.length + 1
    const longest = new Uint32Array((a.length + 1) * width)
    for (let x = a.length - 1; x >= 0; x--) {
      for (let y = b.length - 1; y >= 0; y--) {
        longest[x * width + y] = same(a[x] ?? '', b[y] ?? '') ? (longest[(x + 1) * width + y + 1] ?? 0) + 1 : Math.max(longest[(x + 1) * width + y] ?? 0, longest[x * width + y + 1] ?? 0)
      }
    }
    while (i < a.length && j < b.length) {
      if (same(a[i] ?? '', b[j] ?? '')) push('same', head + i++, head + j++)
      else if ((longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0)) push('removed', head + i++, head + j)
      else push('added', head + i, head + j++)
    }
  }
  while (i < a.length) push('removed', head + i++, head + j)
  while (j < b.length) push('added', head + i, head + j++)
  for (let k = 0; k < tail; k++) push('same', before.length - tail + k, after.length - tail + k)
  return steps
}

export interface TextDiff {
  unified: string
  lines: LineChange[]
  /** Characters added and removed. */
  chars: number
}

/** Null where nothing that counts has changed. `clean` takes the noise out before lines are compared. */
export const diffText = (before: string, after: string, clean: (line: string) => string = (line) => line): TextDiff | null => {
  if (before === after) return null
  const cleaned = new Map<string, string>()
  const cleanOf = (line: string): string => {
    const known = cleaned.get(line)
    if (known !== undefined) return known
    const made = clean(line)
    cleaned.set(line, made)
    return made
  }
  const steps = stepsOf(before.split('\n'), after.split('\n'), (a, b) => a === b || cleanOf(a) === cleanOf(b))
    // A line that holds nothing but noise is neither there nor missing.
    .filter((step) => step.kind === 'same' || cleanOf(step.text).trim() !== '')
  const changed = steps.filter((step) => step.kind !== 'same')
  if (changed.length === 0) return null
  return {
    unified: unifiedOf(steps),
    lines: changed.slice(0, changesMax).map((step) => ({ type: step.kind === 'added' ? 'added' : 'removed', line: step.kind === 'added' ? step.newLine : step.oldLine, content: step.text })),
    chars: changed.reduce((sum, step) => sum + step.text.length, 0),
  }
}

const unifiedOf = (steps: readonly Step[]): string => {
  const near = new Uint8Array(steps.length)
  steps.forEach((step, i) => {
    if (step.kind !== 'same') near.fill(1, Math.max(0, i - context), i + context + 1)
  })
  const out: string[] = []
  for (let i = 0; i < steps.length && out.length < changesMax * 2; i++) {
    if (!near[i]) continue
    let end = i
    while (end < steps.length && near[end]) end++
    const hunk = steps.slice(i, end)
    const count = (kind: Step['kind']) => hunk.filter((step) => step.kind === 'same' || step.kind === kind).length
    out.push(`@@ -${hunk[0]?.oldLine ?? 1},${count('removed')} +${hunk[0]?.newLine ?? 1},${count('added')} @@`)
    for (const step of hunk) out.push(`${step.kind === 'same' ? ' ' : step.kind === 'added' ? '+' : '-'}${step.text}`)
    i = end
  }
  return out.join('\n')
}

export const diffFields = (before: unknown, after: unknown, path = ''): FieldChange[] => {
  if (Object.is(before, after)) return []
  if (isRecord(before) && isRecord(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => diffFields(before[name], after[name], path === '' ? name : `${path}.${name}`)).slice(0, changesMax)
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) => diffFields(before[i], after[i], `${path}[${i}]`)).flat().slice(0, changesMax)
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, old: before ?? null, new: after ?? null }]
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Null where nothing that is watched has changed. */
export const diffSnapshots = (before: Snapshot, after: Snapshot, watch: Watch): MonitorDiff | null => {
  const diff: MonitorDiff = { texts: {}, fields: {}, lists: {} }
  const clean = cleanerOf(watch)
  for (const part of textParts) {
    const [old, now] = [before.texts[part], after.texts[part]]
    // What is watched only since now has nothing to be compared with.
    if (old === undefined || now === undefined) continue
    const found = diffText(old, now, clean)
    if (found && found.chars >= watch.minChars) diff.texts[part] = { unified: found.unified, lines: found.lines }
  }
  for (const part of fieldParts) {
    if (!(part in before.fields) || !(part in after.fields)) continue
    const of = part === 'branding' ? brandShown : same
    const found = watchedChanges(of(before.fields[part]), of(after.fields[part]), watch)
    if (found.length > 0) diff.fields[part] = found
  }
  for (const part of [...listParts, 'urls'] as const) {
    if (before.lists[part] === undefined || after.lists[part] === undefined) continue
    const [old, now] = [new Set(before.lists[part]), new Set(after.lists[part])]
    const [added, removed] = [[...now].filter((one) => !old.has(one)), [...old].filter((one) => !now.has(one))]
    if (added.length + removed.length > 0) diff.lists[part] = { added: added.slice(0, changesMax), removed: removed.slice(0, changesMax) }
  }
  return Object.keys(diff.texts).length + Object.keys(diff.fields).length + Object.keys(diff.lists).length > 0 ? diff : null
}

const same = (value: unknown): unknown => value

/** What people see of a brand; how it was found, and how sure that is, is no change of it. */
const brandShown = (value: unknown): unknown => {
  const brand = value as Brand | null
  if (!brand?.colors) return brand
  const { primary, accent, background, text, link } = brand.colors
  return {
    name: brand.name?.value, color_scheme: brand.color_scheme.value,
    colors: { primary: primary?.hex, accent: accent?.hex, background: background?.hex, text: text?.hex, link: link?.hex },
    fonts: brand.fonts.map(({ family, roles }) => ({ family, roles })), typography: brand.typography, base_unit: brand.spacing?.value.base_unit, border_radius: brand.radius?.value,
    logo: brand.logos[0]?.url, favicon: brand.favicon?.url, open_graph: brand.open_graph, frameworks: brand.frameworks.map(({ name }) => name),
    buttons: brand.buttons.map(({ confidence: _confidence, evidence: _evidence, ...button }) => button), social: brand.social.map(({ url }) => url),
  }
}

const watchedChanges = (before: unknown, after: unknown, watch: Watch): FieldChange[] => {
  const isOf = (change: FieldChange, field: string): boolean => change.path === field || change.path.startsWith(`${field}.`) || change.path.startsWith(`${field}[`)
  const all = watch.whole && isRecord(after) ? diffWhole(isRecord(before) ? before : {}, after) : diffFields(before, after)
  const found = all.filter((change) => (watch.fields.length === 0 || watch.fields.some((field) => isOf(change, field))) && isFar(change, watch.thresholds?.[change.path]))
  if (watch.on !== 'all') return found
  const names = watch.fields.length > 0 ? watch.fields : isRecord(after) ? Object.keys(after) : []
  return names.every((name) => found.some((change) => isOf(change, name))) ? found : []
}

/** Member by member; lists as sets. */
const diffWhole = (before: Record<string, unknown>, after: Record<string, unknown>): FieldChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => asSet(before[name]) !== asSet(after[name])).map((name) => ({ path: name, old: before[name] ?? null, new: after[name] ?? null })).slice(0, changesMax)

const asSet = (value: unknown): string => (Array.isArray(value) ? JSON.stringify([...new Set(value.map((one: unknown) => JSON.stringify(one)))].toSorted()) : JSON.stringify(value ?? null))

/** A number that moved less than it may is as good as unmoved. */
const isFar = ({ old, new: now }: FieldChange, threshold: { abs?: number; pct?: number } | undefined): boolean => {
  if (!threshold || (threshold.abs === undefined && threshold.pct === undefined) || typeof old !== 'number' || typeof now !== 'number') return true
  const moved = Math.abs(now - old)
  return (threshold.abs !== undefined && moved >= threshold.abs) || (threshold.pct !== undefined && old !== 0 && (moved / Math.abs(old)) * 100 >= threshold.pct)
}

const cleanerOf = (watch: Watch): ((line: string) => string) => {
  const patterns = watch.ignore.map((pattern) => RE2JS.compile(pattern))
  return (line) => {
    let out = patterns.reduce((text, pattern) => pattern.matcher(text).replaceAll(''), line)
    if (watch.ignoreNumbers) out = out.replace(/\d+(?:[.,:]\d+)*/g, '')
    if (watch.ignoreCase) out = out.toLowerCase()
    return out.replace(/\s+/g, ' ').trim()
  }
}

/** What stands under a heading, up to the next one of its level; undefined where there is no such heading. */
export const sectionOf = (markdown: string, heading: string): string | undefined => {
  const lines = markdown.split('\n')
  const wanted = heading.trim().toLowerCase()
  const level = (line: string): number => /^(#{1,6})\s/.exec(line)?.[1]?.length ?? 0
  const start = lines.findIndex((line) => level(line) > 0 && line.replace(/^#+\s+/, '').replace(/[*_`]/g, '').trim().toLowerCase() === wanted)
  if (start === -1) return undefined
  const depth = level(lines[start] ?? '')
  const length = lines.slice(start + 1).findIndex((line) => level(line) > 0 && level(line) <= depth)
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).join('\n')
}
