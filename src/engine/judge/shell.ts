import type { Element } from 'domhandler'
import type { Page } from '../convert/dom/parse.ts'
import { collapse, eachElement, holds, rawTextOf } from '../convert/dom/walk.ts'
import type { Evidence } from './evidence.ts'

const shellChars = 300
const rootIds = /^(?:root|app|__next|__nuxt|___gatsby|svelte|q-app|react-root|react-app|app-root|main-app|vue-app|ember-app|mount|application|webapp|page-root|content-root)$/i
const needsScript = /(?:enable|activate|turn on|requires?|need|without|supports?|disabled)[^.]{0,60}java\s?script|java\s?script[^.]{0,60}(?:required|disabled|enabled?|needed|turned off|not (?:available|supported|enabled))|javascript (?:aktivieren|activé|habilitado|включ)/i
const loading = /^(?:please wait|loading|initializing|redirecting|one moment|wird geladen|chargement|cargando|загрузка|加载中|読み込み中)[\s.…]*(?:please wait)?[\s.…]*$/i

/** Why a page is only the frame that scripts would fill, if it is. */
export const shellSignal = ({ page, visible, rendered }: Evidence): string | undefined => {
  if (!page || !visible || visible.length >= shellChars || page.scripts === 0) return undefined
  const found = look(page)
  const text = collapse(visible.sample)
  if (found.emptyRoot && visible.length < shellChars) return `empty #${found.emptyRoot}`
  if (rendered) return loading.test(text) ? 'shows only that it loads' : undefined
  if (needsScript.test(found.noscript) || (visible.length < 200 && needsScript.test(text))) return found.pictures > 2 ? undefined : 'asks for JavaScript'
  if (loading.test(text)) return 'shows only that it loads'
  if (text.length < 20 && found.pictures === 0) return 'scripts and no text'
  return undefined
}

/** Nothing to read or to see. */
export const isEmpty = ({ page, visible, source }: Evidence): boolean => {
  if (!visible || visible.length > 0) return false
  return page ? look(page).pictures === 0 : source.trim() === ''
}

interface Look {
  emptyRoot: string | undefined
  noscript: string
  /** Pictures, players and frames. */
  pictures: number
}

const look = (page: Page): Look => {
  const found: Look = { emptyRoot: undefined, noscript: '', pictures: 0 }
  eachElement(page.root, (element) => {
    if (element.name === 'noscript') {
      if (found.noscript.length < 2000) found.noscript += ` ${rawTextOf(element, 1000)}`
      return false
    }
    if (/^(?:img|picture|video|audio|iframe|frame|canvas|embed|object)$/.test(element.name)) found.pictures++
    if (isRoot(element) && collapse(rawTextOf(element, 500)).length < 40 && !holdsPicture(element)) found.emptyRoot ??= element.attribs.id ?? element.name
    return true
  })
  return found
}

const isRoot = (element: Element): boolean => element.name === 'app-root' || (element.name !== 'body' && element.name !== 'html' && rootIds.test(element.attribs.id ?? ''))

const holdsPicture = (root: Element): boolean => holds(root, (element) => element.name === 'img' || element.name === 'video' || element.name === 'canvas')
