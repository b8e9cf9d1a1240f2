import { collapse, rawTextOf } from '../convert/dom/walk.ts'
import { isHidden } from '../convert/dom/hidden.ts'
import type { Evidence } from './evidence.ts'

const things = '(?:page|file|url|document|content|product|item|listing|article|post|job|story|profile|resource|site|address|link|entry|recipe|video|image)'
const phrases = [
  `(?:error|http|status|code|\\s|:|#|-)*404(?:[\\s:,.!–—|-]*(?:error|page|file|http|not found|oops|sorry|!|:|-|–|that.s an error|${things}|\\s)*(?:not found|missing|does(?:n.t| not) exist)?)?`,
  `(?:oops|sorry|uh[- ]oh|whoops|hmm+|error)?[\\s,!.:–—-]*(?:the |this |that |your |we )?(?:requested )?${things}? ?(?:was |is |has been |could |can )?(?:not (?:be )?found|missing|not available|no longer (?:available|exists?|here))`,
  `(?:oops|sorry|uh[- ]oh|whoops)?[\\s,!.:–—-]*(?:we )?(?:can(?:.t|not)|could(?: not|n.t)|unable to|did(?:n.t| not)) (?:seem to )?find (?:that|the|this|your|a) ?${things}.{0,40}`,
  `(?:oops|sorry|uh[- ]oh|whoops)?[\\s,!.:–—-]*(?:the |this |that )${things}(?: (?:that )?you(?:.re|.ve| are| were| have)? (?:looking for|requested|tried to (?:access|reach)|trying to (?:access|reach)))? (?:does(?:n.t| not) exist|could(?:n.t| not) be found|can(?:.t|not) be found|is(?:n.t| not) (?:here|available)|was not found|has been (?:removed|deleted)|may have (?:moved|been (?:moved|removed))|is no longer available|no longer exists).{0,40}`,
  'seite (?:wurde )?nicht gefunden', 'diese seite (?:existiert nicht|wurde nicht gefunden)', 'page (?:introuvable|non trouv[ée]e)', 'p[áa]gina no encontrada', 'p[áa]gina n[ãa]o encontrada', 'pagina non trovata', 'pagina niet gevonden',
  'страница не найдена', 'сторінку не знайдено', 'ページが見つかりません.{0,10}', '(?:页面|頁面)(?:不存在|未找到)', '找不到(?:页面|頁面|网页|網頁)', '페이지를 찾을 수 없습니다', 'sidan (?:hittades inte|kunde inte hittas)', 'siden (?:blev ikke fundet|findes ikke|ble ikke funnet)',
  '(?:strona nie (?:została znaleziona|istnieje)|nie znaleziono strony)', 'sayfa bulunamad[ıi]', 'sivua ei (?:löytynyt|löydy)', 'stránka (?:nenalezena|nebyla nalezena|nenájdená)', 'az oldal nem található', 'pagina nu a fost găsită',
]
const notFound = new RegExp(`^(?:${phrases.map((phrase) => `(?:${phrase})`).join('|')})[\\s.!…:(]*(?:404\\)?)?[\\s.!)]*$`, 'i')

const headingChars = 120
/** Navigation and footer of a large site come to a few thousand characters. */
const pageChars = 8000

/** A page that says "not found" under a status of success. */
export const notFoundSignal = ({ page, visible }: Evidence): string | undefined => {
  if (!page || !visible || visible.length > pageChars || isArticle(page.metas)) return undefined
  const heading = page.headings.filter((element) => element.name === 'h1' && !isHidden(element)).map((element) => collapse(rawTextOf(element, headingChars + 1)))
  const titled = segmentsOf(page.title ?? '').some(saysNotFound)
  const headed = heading.some(saysNotFound) || (heading.length === 0 && page.headings.slice(0, 1).some((element) => saysNotFound(collapse(rawTextOf(element, headingChars + 1)))))
  if (headed && (titled || visible.length < 3000)) return 'heading says not found'
  if (titled && (heading.every((text) => text === '') || visible.length < 1500)) return 'title says not found'
  return undefined
}

const saysNotFound = (text: string): boolean => text.length > 0 && text.length <= headingChars && notFound.test(text)

const segmentsOf = (title: string): string[] => {
  const whole = collapse(title.slice(0, 300))
  return [whole, ...whole.split(/\s+[|–—·•»-]\s+|\s*\|\s*/)].map((part) => part.trim()).filter((part) => part !== '')
}

const isArticle = (metas: readonly Record<string, string>[]): boolean => metas.some((meta) => meta.property === 'og:type' && meta.content === 'article')
