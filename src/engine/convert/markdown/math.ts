import type { Element } from 'domhandler'
import { eachElement, rawTextOf } from '../dom/walk.ts'

export interface Formula {
  tex: string
  display: boolean
}

/** The TeX that a `<math>` element carries, or one made from its presentation markup. */
export const formulaOf = (math: Element): Formula | undefined => {
  const display = math.attribs.display === 'block' || math.attribs.mode === 'display' || isDisplayed(math)
  let annotated: string | undefined
  eachElement(math, (element) => {
    if (element.name === 'annotation' && /tex/i.test(element.attribs.encoding ?? '')) annotated ??= rawTextOf(element, 10_000)
  })
  const tex = tidy(annotated ?? math.attribs.alttext ?? texOf(math))
  return tex === '' ? undefined : { tex, display }
}

/** A formula left in the page as `<script type="math/tex">`. */
export const formulaOfScript = (script: Element): Formula | undefined => {
  const tex = tidy(script.children.map((child) => ('data' in child ? child.data : '')).join(''))
  return tex === '' ? undefined : { tex, display: /mode\s*=\s*display/.test(script.attribs.type ?? '') }
}

const isDisplayed = (math: Element): boolean => {
  for (let node = math.parent, up = 0; node && up < 4; node = node.parent, up++) {
    const name = 'attribs' in node ? (node.attribs.class ?? '') : ''
    if (/katex-display|MathJax_Display|mwe-math-mathml-display/.test(name)) return true
    if ('attribs' in node && node.attribs.display === 'true') return true
  }
  return false
}

const tidy = (tex: string): string => {
  const plain = tex.replace(/\s+/g, ' ').trim()
  // MediaWiki wraps every formula in the style it already has.
  const inner = /^\{\\(?:display|text)style (.*)\}$/.exec(plain)?.[1]
  return (inner ?? plain).trim()
}

const wrap = (tex: string): string => (tex.length === 1 || /^\\[a-zA-Z]+$/.test(tex) ? tex : `{${tex}}`)
const braced = (tex: string | undefined): string => `{${tex ?? ''}}`

const structures: Readonly<Record<string, (parts: string[]) => string>> = {
  mfrac: ([over, under]) => `\\frac${braced(over)}${braced(under)}`,
  msqrt: (parts) => `\\sqrt${braced(parts.join(''))}`,
  mroot: ([radicand, degree]) => `\\sqrt[${degree ?? ''}]${braced(radicand)}`,
  msup: ([base, sup]) => `${base ?? ''}^${wrap(sup ?? '')}`,
  msub: ([base, sub]) => `${base ?? ''}_${wrap(sub ?? '')}`,
  msubsup: ([base, sub, sup]) => `${base ?? ''}_${wrap(sub ?? '')}^${wrap(sup ?? '')}`,
  munder: ([base, under]) => `${base ?? ''}_${wrap(under ?? '')}`,
  mover: ([base, over]) => `${base ?? ''}^${wrap(over ?? '')}`,
  munderover: ([base, under, over]) => `${base ?? ''}_${wrap(under ?? '')}^${wrap(over ?? '')}`,
  mtr: (parts) => parts.join(' & '),
  mtable: (parts) => `\\begin{matrix}${parts.join(' \\\\ ')}\\end{matrix}`,
  mtext: (parts) => `\\text${braced(parts.join(''))}`,
}

const dropped = new Set(['annotation', 'annotation-xml', 'script', 'style'])

/** Presentation MathML as TeX; a stack of part lists stands for the recursion. */
const texOf = (math: Element): string => {
  const stack: { element: Element; parts: string[]; at: number }[] = [{ element: math, parts: [], at: 0 }]
  for (let top = stack[0]; top; top = stack.at(-1)) {
    const child = top.element.children[top.at++]
    if (!child) {
      stack.pop()
      const made = structures[top.element.name]?.(top.parts) ?? top.parts.join('')
      const parent = stack.at(-1)
      if (!parent) return made
      parent.parts.push(made)
    } else if ('data' in child) {
      const text = child.data.trim()
      if (text !== '') top.parts.push(text.replace(/[#%&{}$]/g, '\\$&'))
    } else if ('attribs' in child && !dropped.has(child.name)) stack.push({ element: child, parts: [], at: 0 })
  }
  return ''
}
