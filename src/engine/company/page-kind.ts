export type PageKind = 'imprint' | 'contact' | 'about' | 'investors' | 'other'

/** What such pages are called in their addresses and in links to them, most telling first. */
const names: Record<Exclude<PageKind, 'other'>, RegExp> = {
  imprint: /\b(?:impressum|imprint|legal[\s_-]?notice|legal[\s_-]?information|mentions[\s_-]?l[ée]gales|aviso[\s_-]?legal|note[\s_-]?legali|colofon|anbieterkennzeichnung|site[\s_-]?notice|impressum[\s_-]?datenschutz)\b/i,
  contact: /\b(?:contact(?:[\s_-]?us)?|contacts|kontakt|contactez[\s_-]?nous|nous[\s_-]?contacter|contacto|cont[aá]ctanos|contatti|contato|get[\s_-]?in[\s_-]?touch|yhteystiedot|kontakty|locations?|find[\s_-]?us|reach[\s_-]?us)\b/i,
  about: /\b(?:about(?:[\s_-]?us)?|our[\s_-]?story|our[\s_-]?company|who[\s_-]?we[\s_-]?are|company|ueber[\s_-]?uns|über[\s_-]?uns|uber[\s_-]?uns|unternehmen|qui[\s_-]?sommes[\s_-]?nous|[àa][\s_-]?propos|quienes[\s_-]?somos|qui[ée]nes[\s_-]?somos|sobre[\s_-]?nosotros|chi[\s_-]?siamo|over[\s_-]?ons|om[\s_-]?oss|tietoa)\b/i,
  investors: /\b(?:investors?|investor[\s_-]?relations|ir)\b/i,
}

export const kinds = Object.keys(names) as Exclude<PageKind, 'other'>[]

/** Of an address and, where it says nothing, a title or the text of a link. */
export const kindOf = (url: string, text: string): PageKind => {
  const path = pathOf(url)
  const segments = path.split('/').filter((segment) => segment !== '')
  // `/blog/how-to-contact-your-senator` is about something else.
  const last = segments.length <= 3 ? (segments.at(-1) ?? '').replace(/\.\w{2,5}$/, '') : ''
  for (const kind of kinds) if (last !== '' && last.length <= 40 && names[kind].test(last) && last.split(/[-_]/).length <= 4) return kind
  const words = text.trim()
  if (words === '' || words.length > 60) return 'other'
  for (const kind of kinds) if (names[kind].test(words) && words.split(/\s+/).length <= 3) return kind
  return 'other'
}

const pathOf = (url: string): string => {
  try {
    return decodeURIComponent(URL.parse(url)?.pathname ?? '')
  } catch {
    return URL.parse(url)?.pathname ?? ''
  }
}
