import type { Element } from 'domhandler'
import { walk } from './walk.ts'

const displayNone = /(?:^|[;\s])display\s*:\s*none/i
const invisible = /(?:^|[;\s])visibility\s*:\s*hidden/i
const screenReaderOnly = /(?:^|\s)(?:sr-only|sr_only|visually-?hidden|visuallyHidden|screen-reader(?:-text|-only)?|a11y-hidden|assistive-text|u-hidden-visually|element-invisible|is-visually-hidden)(?=\s|$)/
const copies = /(?:^|\s)(?:slick-cloned|swiper-slide-duplicate|splide__slide--clone|owl-item cloned|glide__slide--clone)(?=\s|$)/
/** Icon fonts draw their text as a picture. */
const icons = /(?:^|\s)(?:material-icons(?:-\w+)?|material-symbols-\w+|google-symbols|mdi-icon-font)(?=\s|$)/
/** Cheaper than the patterns on the many elements that none of them fits. */
const hints = /hidden|reader|sr.only|invisible|assistive|clone|duplicate|material-|google-symbols/

/** What a click opens in place is part of the page. */
const openable = /(?:^|[\s_-])(?:accordions?|collaps(?:e|ed|ible)|tab-?(?:pane|panel|content|body)s?|tabs?__(?:pane|panel|content)|faqs?|answers?|(?:read|show|view|see)-?more|expand(?:ed|able)?|toggle-?content|disclosure|spoiler)(?=[\s_-]|$)/i

/** Marked hidden while a dialog was open when the page was saved; never the page's own wish. */
const neverHidden = new Set(['html', 'body', 'main', 'article'])

/** More text than an icon, a label or a repeated price has: a slide or panel that is out of sight for the moment. */
const panelChars = 80

/** Elements that a reader of the page does not see and cannot open, as far as attributes alone can tell. */
export const isHidden = (element: Element): boolean => {
  const { attribs } = element
  const className = attribs.class
  if (className !== undefined && hints.test(className) && (screenReaderOnly.test(className) || copies.test(className) || icons.test(className))) return true
  const style = attribs.style
  if (style !== undefined && style.length < 4096 && (displayNone.test(style) || invisible.test(style))) return !isExempt(element)
  if (attribs.hidden !== undefined && attribs.hidden !== 'until-found') return !isExempt(element)
  return attribs['aria-hidden'] === 'true' && !isExempt(element) && !isLong(element)
}

const isExempt = ({ name, attribs }: Element): boolean =>
  neverHidden.has(name) || attribs.role === 'tabpanel' || attribs.role === 'region' || (attribs.class !== undefined && attribs.class.length < 2048 && (openable.test(attribs.class) || attribs.class.includes('mwe-math')))

const isLong = (element: Element): boolean => {
  let chars = 0
  walk(element, {
    enter: () => chars < panelChars,
    leave: () => {},
    text: (data) => (chars += data.trim().length),
  })
  return chars >= panelChars
}
