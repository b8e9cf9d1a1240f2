import { generate, parse, walk as walkCss, type CssNode, type Declaration, type Rule } from 'css-tree'
import type { Document, Element } from 'domhandler'
import { eachElement, rawTextOf } from '../../convert/dom/walk.ts'
import type { ButtonLook, ColorPlace, Styles } from './styles.ts'

export interface Sheet {
  /** Of the file, or of the page for a style that is written into it. */
  url: string
  css: string
}

const cssMax = 3_000_000
const rulesMax = 30_000
const variablesMax = 2000

/** Styles as they are written: rules whose classes the page uses, counted by how many elements have them. */
export const staticStyles = (root: Document, sheets: readonly Sheet[]): Styles => {
  const styles: Styles = { kind: 'static', colors: [], stacks: [], typography: {}, buttons: [], inputs: [], radii: [], gaps: [], variables: {}, faces: [], loaded: [], globals: [], scheme: '', page: { body: '', root: '', color: '' } }
  const used = usesOf(root)
  const rules: { rule: Rule; base: string }[] = []
  let left = cssMax
  for (const { url, css } of sheets) {
    if (left <= 0) break
    left -= css.length
    for (const rule of rulesOf(css.slice(0, Math.max(0, left + css.length)), url, styles)) if (rules.length < rulesMax) rules.push({ rule, base: url })
  }
  for (const { rule } of rules) if (isRoot(selectorsOf(rule))) gatherVariables(rule, styles.variables)
  const amounts = new Map<string, number>()
  for (const { rule } of rules) apply(rule, used, styles, amounts)
  eachElement(root, (element) => {
    const text = element.attribs.style
    if (!text || text.length > 2000 || !/color|background|font-family/.test(text)) return
    const declarations = declarationsOf(text)
    const place = placeOfElement(element)
    for (const [property, value] of declarations) addColor(property, value, place, 1, styles, amounts)
  })
  styles.colors = [...amounts].map(([key, amount]) => {
    const [place = 'area', ...color] = key.split(' ')
    return { place: place as ColorPlace, color: color.join(' '), amount }
  }).toSorted((a, b) => b.amount - a.amount).slice(0, 150)
  styles.buttons = withBase(styles.buttons).toSorted((a, b) => b.area - a.area).slice(0, 30)
  styles.radii = counted(styles.radii)
  return styles
}

interface Uses {
  names: ReadonlyMap<string, number>
  tags: ReadonlyMap<string, number>
  /** Classes of fields for text. */
  fields: ReadonlySet<string>
}

/** Classes (with a dot), ids (with a hash) and tags that the page has, and how many of each. */
const usesOf = (root: Document): Uses => {
  const names = new Map<string, number>()
  const tags = new Map<string, number>()
  const fields = new Set<string>()
  const count = (map: Map<string, number>, key: string): void => { if (map.size < 50_000 || map.has(key)) map.set(key, (map.get(key) ?? 0) + 1) }
  eachElement(root, ({ name, attribs }) => {
    count(tags, name)
    if (attribs.id) count(names, `#${attribs.id}`)
    const isField = /^(?:input|textarea|select)$/.test(name) && !/^(?:submit|button|checkbox|radio|hidden|image|range|color|file)$/.test(attribs.type ?? '')
    for (const one of (attribs.class ?? '').slice(0, 4000).split(/\s+/)) {
      if (one === '') continue
      count(names, `.${one}`)
      if (isField && fields.size < 1000) fields.add(`.${one}`)
    }
  })
  return { names, tags, fields }
}

/** Rules outside of media for print and the dark; faces are noted on the way. */
const rulesOf = (css: string, url: string, styles: Styles): Rule[] => {
  const found: Rule[] = []
  let tree: CssNode
  try {
    tree = parse(css, { parseValue: false, parseCustomProperty: false, parseAtrulePrelude: false, parseRulePrelude: false, onParseError() {} })
  } catch {
    // Too broken for its parser: as if the sheet were not there.
    return found
  }
  walkCss(tree, function (node) {
    if (node.type === 'Atrule') {
      const prelude = node.prelude ? generate(node.prelude) : ''
      if (node.name === 'font-face' && node.block && styles.faces.length < 120) {
        const face = new Map(blockOf(node.block.children.toArray()))
        styles.faces.push({ family: face.get('font-family') ?? '', source: (face.get('src') ?? '').slice(0, 300), weight: face.get('font-weight') ?? '', base: url })
      }
      if (node.name === 'media' && /print|prefers-color-scheme|max-width:\s*\d{1,3}px/i.test(prelude)) return walkCss.skip
      if (/keyframes$|^font-face$|^page$/.test(node.name)) return walkCss.skip
    } else if (node.type === 'Rule') {
      found.push(node)
      return walkCss.skip
    }
    return undefined
  })
  return found
}

const selectorsOf = (rule: Rule): string[] => {
  const text = rule.prelude.type === 'Raw' ? rule.prelude.value : generate(rule.prelude)
  return text.length > 20_000 ? [] : text.split(',').map((one) => one.trim())
}

const blockOf = (nodes: readonly CssNode[]): [string, string][] =>
  nodes.filter((node): node is Declaration => node.type === 'Declaration').map((node) => [node.property.toLowerCase(), (node.value.type === 'Raw' ? node.value.value : generate(node.value)).trim()] as [string, string])

const declarationsOf = (style: string): [string, string][] => style.split(';').flatMap((part) => {
  const at = part.indexOf(':')
  return at < 0 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).replace(/!important/i, '').trim()] as [string, string]]
})

const isRoot = (selectors: readonly string[]): boolean => selectors.some((one) => /^(?::root|html|body|:host)(?:[.:[][\w-]*(?:\([^)]*\))?)?$/.test(one) && !/dark/i.test(one))

const gatherVariables = (rule: Rule, variables: Record<string, string>): void => {
  for (const [property, value] of blockOf(rule.block.children.toArray())) {
    if (property.startsWith('--') && value.length < 100 && Object.keys(variables).length < variablesMax) variables[property] = value
  }
}

const apply = (rule: Rule, used: Uses, styles: Styles, amounts: Map<string, number>): void => {
  const declarations = blockOf(rule.block.children.toArray())
  if (declarations.length === 0) return
  for (const selector of selectorsOf(rule)) {
    // What only happens under a pointer is not how the page looks.
    if (/:(?:hover|focus|active|visited|disabled|before|after|checked|placeholder)|::/.test(selector)) continue
    const last = selector.split(/[\s>+~]+/).at(-1) ?? ''
    const uses = usesOfSelector(last, used)
    if (uses === 0 || !ancestorsUsed(selector, used)) continue
    const place = placeOfSelector(selector, last)
    const values = new Map(declarations.map(([property, value]) => [property, resolved(value, styles.variables)]))
    for (const [property, value] of values) addColor(property, value, place, Math.min(uses, 30), styles, amounts)
    noteType(last, place, values, uses, styles)
    if (place === 'button') noteButton(selector, values, uses, styles)
    const isField = /^(?:input|textarea|select)\b/.test(last) || (last.match(/\.[\w-]+/g) ?? []).some((one) => used.fields.has(one))
    if (isField && styles.inputs.length < 6 && values.has('border-radius')) styles.inputs.push({ background: backgroundOf(values) ?? '', color: values.get('color') ?? '', border: borderOf(values), radius: values.get('border-radius') ?? '' })
    const radius = values.get('border-radius')
    if (radius && /^[\d.]+(?:px|rem|em)$/.test(radius) && place !== 'button') styles.radii.push([radius, 1])
    for (const property of ['padding', 'margin', 'gap', 'padding-left', 'padding-top', 'margin-bottom']) {
      const px = /^(\d{1,3})px$/.exec(values.get(property) ?? '')?.[1]
      if (px !== undefined && Number(px) > 0 && styles.gaps.length < 2000) styles.gaps.push([Number(px), 1])
    }
  }
}

const usesOfSelector = (compound: string, { names, tags }: Uses): number => {
  const parts = compound.match(/[.#][\w-]+/g) ?? []
  if (parts.length > 0) return Math.min(...parts.map((part) => names.get(part) ?? 0))
  const tag = /^[a-z][a-z0-9]*/i.exec(compound)?.[0]?.toLowerCase()
  if (tag !== undefined) return tags.get(tag) ?? 0
  return compound.startsWith(':root') || compound === '*' ? 1 : 0
}

const ancestorsUsed = (selector: string, { names }: Uses): boolean => (selector.match(/[.#][\w-]+/g) ?? []).every((part) => names.has(part))

const placeOfSelector = (selector: string, last: string): ColorPlace => {
  if (/^(?:html|body|:root)(?:[.:#[]|$)/.test(last)) return 'page'
  if (/^button\b|\bbtn\b|\.btn|button(?!-?group)|\.cta\b|\[type=["']?submit/i.test(last)) return 'button'
  if (/^h[1-6]\b/.test(last)) return 'heading'
  if (/^a(?:[.:#[]|$)/.test(last)) return 'link'
  if (/^(?:header|nav)\b|[.#-](?:site-|main-|page-)?header\b|navbar|masthead/i.test(last) && !/\s/.test(selector)) return 'header'
  if (/^footer\b|[.#-](?:site-)?footer\b/i.test(last)) return 'footer'
  return 'area'
}

const placeOfElement = ({ name, attribs }: Element): ColorPlace => {
  if (name === 'body' || name === 'html') return 'page'
  if (name === 'button' || /(?:^|[\s_-])(?:btn|button|cta)(?:[\s_-]|$)/i.test(attribs.class ?? '')) return 'button'
  if (/^h[1-6]$/.test(name)) return 'heading'
  return name === 'a' ? 'link' : name === 'header' || name === 'nav' ? 'header' : name === 'footer' ? 'footer' : 'area'
}

const textPlaces: Readonly<Record<ColorPlace, ColorPlace>> = { page: 'text', area: 'text', header: 'text', footer: 'text', button: 'button_text', text: 'text', heading: 'heading', link: 'link', button_text: 'button_text' }

const addColor = (property: string, value: string, place: ColorPlace, uses: number, styles: Styles, amounts: Map<string, number>): void => {
  if (property !== 'color' && property !== 'background' && property !== 'background-color') return
  const color = resolved(value, styles.variables).match(colorPattern)?.[0]
  if (color === undefined || (property === 'background' && /url\(|gradient/.test(value))) return
  // A link or a heading with a background is an area with text.
  const shown = property === 'color' ? textPlaces[place] : place === 'link' || place === 'heading' ? 'area' : place
  const key = `${shown} ${color}`
  if (amounts.size < 5000 || amounts.has(key)) amounts.set(key, (amounts.get(key) ?? 0) + uses)
  if (place !== 'page') return
  if (property === 'color') styles.page.color = color
  else styles.page.body = color
}

const colorPattern = /#[0-9a-f]{3,8}\b|(?:rgba?|hsla?|oklch|oklab|lab|lch|color)\([^)]{1,80}\)|\b(?:white|black|red|green|blue|navy|teal|orange|purple|gold|crimson|tomato|coral|indigo|maroon|olive|silver|gr[ae]y|yellow|pink|aqua|lime|fuchsia|steelblue|royalblue|dodgerblue|darkblue|darkgreen|darkred|darkorange|firebrick|seagreen|slategr[ae]y|whitesmoke|midnightblue)\b/i

/** `var()` with what it stands for, a few levels deep. */
export const resolved = (value: string, variables: Readonly<Record<string, string>>): string => {
  let text = value.replace(/!important/i, '').trim()
  for (let i = 0; i < 5 && text.includes('var('); i++) {
    text = text.replace(/var\(\s*(--[\w-]+)\s*(?:,([^()]*(?:\([^()]*\)[^()]*)*))?\)/g, (_, name: string, fallback?: string) => variables[name.toLowerCase()] ?? fallback ?? '').slice(0, 2000)
  }
  return text.trim()
}

const backgroundOf = (values: ReadonlyMap<string, string>): string | undefined => (values.get('background-color') ?? values.get('background'))?.match(colorPattern)?.[0]
const borderOf = (values: ReadonlyMap<string, string>): string => (values.get('border-color') ?? values.get('border'))?.match(colorPattern)?.[0] ?? ''

const noteType = (last: string, place: ColorPlace, values: ReadonlyMap<string, string>, uses: number, styles: Styles): void => {
  const stack = values.get('font-family')
  const name = /^(h[1-3]|body|p|button)(?![\w-])/.exec(last)?.[1] ?? (place === 'button' ? 'button' : undefined)
  if (stack && stack !== 'inherit' && !stack.includes('var(')) {
    const role = place === 'heading' ? 'heading' : place === 'button' ? 'button' : /^(?:code|pre|kbd)/.test(last) ? 'code' : 'body'
    if (styles.stacks.length < 200) styles.stacks.push({ role, weight: Number.parseInt(values.get('font-weight') ?? '', 10) || 400, stack: stack.slice(0, 400), chars: name === 'body' ? 200 : Math.min(uses, 40) })
  }
  const size = pixels(values.get('font-size'))
  if (name === undefined || (size === undefined && !stack)) return
  const place3 = name === 'p' ? 'paragraph' : name
  const known = styles.typography[place3]
  styles.typography[place3] = { size: size ?? known?.size ?? 0, weight: Number.parseInt(values.get('font-weight') ?? '', 10) || known?.weight || 0, line: values.get('line-height') ?? known?.line ?? '', stack: (stack && !stack.includes('var(') ? stack : (known?.stack ?? '')).slice(0, 400) }
}

const pixels = (size: string | undefined): number | undefined => {
  const match = /^([\d.]+)(px|rem|em)$/.exec(size ?? '')
  if (!match) return undefined
  return Math.round(Number(match[1]) * (match[2] === 'px' ? 1 : 16) * 100) / 100
}

const noteButton = (selector: string, values: ReadonlyMap<string, string>, uses: number, styles: Styles): void => {
  const background = backgroundOf(values)
  if (background === undefined && !values.has('border-radius')) return
  if (styles.buttons.length >= 200) return
  styles.buttons.push({
    text: '', background: background ?? '', color: values.get('color')?.match(colorPattern)?.[0] ?? '', border: borderOf(values), radius: values.get('border-radius') ?? '', shadow: values.get('box-shadow') === 'none' ? '' : (values.get('box-shadow') ?? '').slice(0, 200),
    padding: (values.get('padding') ?? '').slice(0, 60), area: Math.min(uses, 50), y: 0, words: selector.slice(0, 200), header: false, behind: '',
  })
}

/** What one rule says for all buttons, another gives its colour: `.btn` and `.btn-primary`. */
const withBase = (buttons: readonly ButtonLook[]): ButtonLook[] => {
  const base = buttons.filter(({ background, radius }) => background === '' && radius !== '').toSorted((a, b) => b.area - a.area)[0]
  if (!base) return [...buttons]
  const filled = buttons.filter(({ background }) => background !== '')
  return filled.length === 0 ? [base] : filled.map((one) => ({ ...one, radius: one.radius || base.radius, padding: one.padding || base.padding, shadow: one.shadow || base.shadow }))
}

const counted = (values: readonly [string, number][]): [string, number][] => {
  const counts = new Map<string, number>()
  for (const [value, times] of values) counts.set(value, (counts.get(value) ?? 0) + times)
  return [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, 20)
}

/** Text of the `<style>` elements of a tree that has them. */
export const inlineSheets = (root: Document, url: string): Sheet[] => {
  const sheets: Sheet[] = []
  eachElement(root, (element) => {
    if (element.name === 'style' && !/print/.test(element.attribs.media ?? '') && sheets.length < 200) sheets.push({ url, css: styleText(element) })
  })
  return sheets
}

const styleText = (element: Element): string => element.children.map((child) => ('data' in child ? String(child.data) : '')).join('') || rawTextOf(element, cssMax)
