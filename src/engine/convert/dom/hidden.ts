import type { Element } from 'domhandler'

const hiddenStyle = /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)/i
const screenReaderOnly = /(?:^|\s)(?:sr-only|sr_only|visually-?hidden|visuallyHidden|screen-reader(?:-text|-only)?|a11y-hidden|assistive-text|u-hidden-visually|element-invisible|is-visually-hidden)(?=\s|$)/

/** Marked hidden while a dialog was open when the page was saved; never the page's own wish. */
const neverHidden = new Set(['html', 'body', 'main', 'article'])

/** Elements that a reader of the page does not see, as far as attributes alone can tell. */
export const isHidden = (element: Element): boolean => {
  const attribs = element.attribs
  for (const name in attribs) {
    switch (name) {
      case 'hidden':
        return attribs.hidden !== 'until-found' && !neverHidden.has(element.name)
      case 'aria-hidden':
        if (attribs[name] === 'true' && !neverHidden.has(element.name)) return true
        break
      case 'style':
        if (hiddenStyle.test(attribs.style ?? '') && !neverHidden.has(element.name) && !isMathHolder(attribs.class)) return true
        break
      case 'class':
        if (screenReaderOnly.test(attribs.class ?? '')) return true
        break
      default:
    }
  }
  return false
}

/** MediaWiki hides the MathML that a formula's picture stands for. */
const isMathHolder = (className: string | undefined): boolean => className?.includes('mwe-math') ?? false
