import { describe, expect, it } from 'vitest'
import type { Company } from '../../contract/company.ts'
import { readPage } from '../enrich/read-page.ts'
import type { ReadPage } from '../enrich/parts.ts'
import { isAbn, isIsin, isLei, isUid, isVat, luhn } from './check-digits.ts'
import { companyPart } from './index.ts'

const pageAt = (url: string, html: string): ReadPage => readPage({ url, status: 200, headers: [], html, rendered: false })
const read = (html: string, url = 'https://www.larkmill.de/', ...others: [url: string, html: string][]): Company =>
  companyPart.read([pageAt(url, html), ...others.map(([at, more]) => pageAt(at, more))])
const values = (facts: { value: string }[]): string[] => facts.map(({ value }) => value)

describe('which further pages are read', () => {
  it('one of each kind on the same host, imprint before contact before about', () => {
    const html = `<a href="/ueber-uns">Über uns</a> <a href="/Kontakt/?a=1#top">Schreiben Sie uns</a> <a href="/impressum.html">Impressum</a> <a href="https://other.example/impressum">Impressum</a>
      <a href="https://blog.larkmill.de/about">About</a> <a href="/blog/2025/how-to-contact-your-senator">Kontakt zum Senator aufnehmen</a> <a href="/p/7">Datenschutz</a> <a href="/legal.pdf">Impressum</a> <a href="mailto:a@b.de">Contact</a>`
    expect(companyPart.pagesOf(pageAt('https://www.larkmill.de/', html))).toEqual(['https://www.larkmill.de/impressum.html', 'https://www.larkmill.de/Kontakt/?a=1', 'https://www.larkmill.de/ueber-uns'])
  })

  it('none where there are none, and never the page itself', () => {
    expect(companyPart.pagesOf(pageAt('https://www.larkmill.de/about', '<a href="/about">About</a><a href="#contact">Contact</a><a href="/shop">Shop</a>'))).toEqual([])
  })
})

describe('e-mail addresses', () => {
  const emails = (html: string) => values(read(html).emails)

  it('are found however they are hidden', () => {
    expect(emails('<a href="mailto:Info@Larkmill.de?subject=x">Mail</a>')).toEqual(['info@larkmill.de'])
    expect(emails('<p class="contact">sales [at] larkmill [dot] de')).toEqual(['sales@larkmill.de'])
    expect(emails('<p class="contact">office(ät)larkmill.de')).toEqual(['office@larkmill.de'])
    expect(emails('<footer>support AT larkmill DOT de</footer>')).toEqual(['support@larkmill.de'])
    expect(emails('<p>kontakt&#64;larkmill&#46;de')).toEqual(['kontakt@larkmill.de'])
    expect(emails('<p><b>hello</b>@<span>larkmill.de</span>')).toEqual(['hello@larkmill.de'])
    expect(emails('<p><span style="unicode-bidi:bidi-override; direction: rtl">ed.llimkral@ofni</span>')).toEqual(['info@larkmill.de'])
    // `info@larkmill.de` under the key 0x2a.
    expect(emails(`<a href="/cdn-cgi/l/email-protection" data-cfemail="2a${Buffer.from(Buffer.from('info@larkmill.de').map((byte) => byte ^ 0x2a)).toString('hex')}">[email protected]</a>`)).toEqual(['info@larkmill.de'])
    expect(emails('<i data-user="team" data-domain="larkmill.de"></i>')).toEqual(['team@larkmill.de'])
  })

  it('leave out persons, placeholders and what only looks like one', () => {
    expect(emails('<p>hanna.voss@larkmill.de, hvoss@larkmill.de, your@email.com, name@example.com, no-reply@larkmill.de, logo@2x.png, react@18.2.0, 0123456789abcdef0123456789abcdef@sentry.io, a@b')).toEqual([])
  })

  it('stand with those of the own domain first, then the most general', () => {
    expect(emails('<p>press@agency.com jobs@larkmill.de info@larkmill.de larkmill.shop@gmail.com')).toEqual(['info@larkmill.de', 'jobs@larkmill.de', 'press@agency.com', 'larkmill.shop@gmail.com'])
  })
})

describe('phones', () => {
  it('are E.164, with a country where the number has none', () => {
    const { phones } = read('<footer>Tel. 030 / 901820 · Fax: 030 901821 · <a href="tel:+49(0)1713920000">mobil</a></footer>')
    expect(phones.map(({ value, type }) => [value, type])).toEqual([['+491713920000', 'mobile'], ['+4930901820', 'fixed_line'], ['+4930901821', 'fax']])
    expect(values(read('<footer>Call (212) 675-4957</footer>', 'https://acme.com/').phones)).toEqual(['+12126754957'])
    expect(values(read('<footer>Tel 020 7946 0018</footer>', 'https://acme.co.uk/').phones)).toEqual(['+442079460018'])
  })

  it('are not dates, prices, or numbers of orders', () => {
    expect(values(read('<p>Order 2126754957 of 2025-11-20 10:30, 1.234.567,89 €, ISBN 978-3-16-148410-0</p><footer>© 2019-2025, 12345678, 10115 Berlin</footer>').phones)).toEqual([])
  })
})

describe('addresses', () => {
  const addresses = (html: string, url?: string) => read(html, url).addresses.map(({ street, postal_code, city, region, country }) => [street, postal_code, city, region, country].filter((part) => part !== undefined).join(' | '))

  it('of structured data come first', () => {
    const html = `<script type="application/ld+json">{"@type":"Organization","name":"Larkmill","address":{"@type":"PostalAddress","streetAddress":"Mühlenweg 3","postalCode":"10115","addressLocality":"Berlin","addressCountry":"Germany"}}</script><footer>Mühlenweg 3, 10115 Berlin</footer>`
    const [first, ...others] = read(html).addresses
    expect(first).toMatchObject({ formatted: 'Mühlenweg 3, 10115 Berlin, DE', country: 'DE', evidence: [{ source: 'json_ld' }, { source: 'text' }] })
    expect(others).toEqual([])
  })

  it.each([
    ['<address>Larkmill GmbH<br>Lange Straße 12a<br>D-10115 Berlin</address>', 'https://larkmill.de/', 'Lange Straße 12a | 10115 | Berlin | DE'],
    ['<footer>Acme, 675 S Apollo Blvd, Suite 4, Melbourne, FL 32901</footer>', 'https://acme.com/', '675 S Apollo Blvd, Suite 4 | 32901 | Melbourne | FL | US'],
    ['<footer><p>10 Downing Street</p><p>London SW1A 2AA</p></footer>', 'https://acme.co.uk/', '10 Downing Street | SW1A 2AA | London | GB'],
    ['<footer>12 rue de la Paix, 75002 Paris</footer>', 'https://acme.fr/', '12 rue de la Paix | 75002 | Paris | FR'],
    ['<footer>Via Roma 15, 20121 Milano</footer>', 'https://acme.it/', 'Via Roma 15 | 20121 | Milano | IT'],
    ['<footer>Calle de Alcalá 45, 28014 Madrid</footer>', 'https://acme.es/', 'Calle de Alcalá 45 | 28014 | Madrid | ES'],
    ['<footer>Keizersgracht 100, 1015 AA Amsterdam</footer>', 'https://acme.nl/', 'Keizersgracht 100 | 1015 AA | Amsterdam | NL'],
    ['<footer>Bahnhofstrasse 1, 8001 Zürich</footer>', 'https://acme.ch/', 'Bahnhofstrasse 1 | 8001 | Zürich | CH'],
    ['<footer>100 King Street West, Toronto, ON M5X 1A9</footer>', 'https://acme.ca/', '100 King Street West | M5X 1A9 | Toronto | ON | CA'],
  ])('%s', (html, url, expected) => {
    expect(addresses(html, url)).toEqual([expected])
  })

  it('are not made of prose', () => {
    expect(addresses('<p>In 2019 we moved 10115 boxes from Berlin to 12 Main Street in one day.</p><footer>Since 1987, 10999 Happy clients</footer>')).toEqual([])
  })
})

describe('names', () => {
  it('agree with the host, and the legal one has its form', () => {
    const imprint = '<title>Impressum</title><h1>Impressum</h1><p>Larkmill Mühlenbau GmbH &amp; Co. KG<br>vertreten durch die Larkmill Verwaltungs GmbH</p><p>Design: Pixel Studio GmbH</p>'
    const company = read('<title>Larkmill – Windmühlen nach Maß</title><meta property="og:site_name" content="Larkmill"><h1>Windmühlen nach Maß</h1><footer>© 2025 Larkmill</footer>', 'https://www.larkmill.de/', ['https://www.larkmill.de/impressum', imprint])
    expect(company.name).toMatchObject({ value: 'Larkmill' })
    expect(company.legal_name).toMatchObject({ value: 'Larkmill Mühlenbau GmbH & Co. KG', evidence: [{ source: 'text', url: 'https://www.larkmill.de/impressum' }] })
    expect(company.tagline?.value).toBe('Windmühlen nach Maß')
    expect(company.pages).toEqual(['https://www.larkmill.de/', 'https://www.larkmill.de/impressum'])
  })

  it('are those of the site, not of what it reviews or sells', () => {
    const html = `<title>Review: Otherbrand Mixer | Larkmill</title><script type="application/ld+json">[{"@type":"Product","name":"Mixer","brand":{"@type":"Brand","name":"Otherbrand"},"review":{"author":{"@type":"Organization","name":"Third Party Ltd."}}},{"@type":"WebPage","publisher":{"@type":"Organization","name":"Larkmill","url":"https://www.larkmill.de/"}}]</script>`
    const { name, legal_name: legal } = read(html)
    expect(name?.value).toBe('Larkmill')
    expect(legal).toBeUndefined()
  })

  it('are the label of the host where nothing else is told', () => {
    expect(read('<p>Hello').name).toMatchObject({ value: 'Larkmill', confidence: 0.3, evidence: [{ source: 'url' }] })
  })
})

describe('facts of registers', () => {
  it('are read from imprints, with right check digits only', () => {
    const imprint = `<h1>Impressum</h1><p>Registergericht: Amtsgericht Charlottenburg</p><p>Registernummer: HRB 123456 B</p><p>USt-IdNr.: DE 136 695 976</p><p>USt-IdNr.: DE136695977</p><p>LEI: 529900T8BM49AURSDO55</p>`
    const { registrations } = read('<p>', 'https://www.larkmill.de/', ['https://www.larkmill.de/impressum', imprint])
    expect(registrations.map(({ kind, value, country }) => [kind, value, country])).toEqual(expect.arrayContaining([['vat', 'DE136695976', 'DE'], ['trade_register', expect.stringMatching(/HRB 123456 B$/), 'DE'], ['lei', '529900T8BM49AURSDO55', undefined]]))
    expect(registrations).toHaveLength(3)
  })

  it('are held to the same in structured data', () => {
    const html = '<script type="application/ld+json">{"@type":"Organization","name":"Larkmill","vatID":["DE000000000","DE136695976"],"leiCode":"529900T8BM49AURSDO56"}</script>'
    expect(read(html).registrations.map(({ kind, value }) => `${kind} ${value}`)).toEqual(['vat DE136695976'])
  })

  it('know other countries', () => {
    const kinds = (text: string) => read(`<footer><p>${text}</p></footer>`, 'https://acme.com/').registrations.map(({ kind, value }) => `${kind} ${value}`)
    expect(kinds('Registered in England and Wales, company number 01234567')).toEqual(['company_number 01234567'])
    expect(kinds('SIRET 732 829 320 00074 – TVA FR44732829320')).toEqual(['vat FR44732829320', 'siret 73282932000074'])
    expect(kinds('ABN 51 824 753 556')).toEqual(['abn 51824753556'])
    expect(kinds('P.IVA 00743110157')).toEqual(['vat 00743110157'])
    expect(kinds('KvK 12345678 call us')).toEqual(['kvk 12345678'])
  })

  it('tell when it was founded, by whom, and how many work there', () => {
    const html = `<script type="application/ld+json">{"@type":"Corporation","name":"Larkmill","foundingDate":"1987-04-01","founder":[{"@type":"Person","name":"Hanna Voss"}],"numberOfEmployees":{"@type":"QuantitativeValue","minValue":11,"maxValue":50}}</script>`
    expect(read(html)).toMatchObject({ founded: { value: '1987-04-01' }, founders: [{ value: 'Hanna Voss' }], employees: { value: '11-50' } })
    expect(read('<p>Larkmill was founded in 1987 by two millers.').founded?.value).toBe('1987')
    expect(read('<p>Apple was founded in 1976.', 'https://www.larkmill.de/blog/2024/history').founded).toBeUndefined()
  })
})

describe('shares', () => {
  it('are the company\'s own', () => {
    const listed = read('<footer>Larkmill AG (XETRA: LRK), ISIN DE0007164600, ISIN DE0007164601</footer>')
    expect(listed.tickers).toMatchObject([{ symbol: 'LRK', exchange: 'XETRA' }])
    expect(values(listed.isins)).toEqual(['DE0007164600'])
    const article = read('<p>Shares of Otherbrand (NYSE: OTH) fell; the ticker XY: Z is none.</p>', 'https://www.larkmill.de/news/1')
    expect(article.tickers).toEqual([])
    expect(read('<script type="application/ld+json">{"@type":"Corporation","name":"Larkmill","tickerSymbol":"NASDAQ:LRKM"}</script>').tickers).toMatchObject([{ symbol: 'LRKM', exchange: 'NASDAQ' }])
  })

  it('have check digits', () => {
    for (const good of ['US0378331005', 'DE0007164600', 'GB0002634946']) expect(isIsin(good), good).toBe(true)
    for (const bad of ['US0378331006', 'US037833100', 'us0378331005']) expect(isIsin(bad), bad).toBe(false)
    expect([isLei('529900T8BM49AURSDO55'), isLei('529900T8BM49AURSDO56')]).toEqual([true, false])
    expect([isVat('DE136695976'), isVat('DE136695975'), isVat('IT00743110157'), isVat('FR44732829320'), isVat('FR45732829320'), isVat('BE0403019261'), isVat('BE0403019260')]).toEqual([true, false, true, true, false, true, false])
    expect([isUid('116281710'), isUid('116281711'), isAbn('51824753556'), isAbn('51824753557'), luhn('732829320'), luhn('732829321')]).toEqual([true, false, true, false, true, false])
  })
})

it('gives texts of three lengths, and nothing of an empty page but its host', () => {
  const html = `<title>Larkmill</title><meta name="description" content="Larkmill builds windmills to measure."><script type="application/ld+json">{"@type":"Organization","name":"Larkmill","slogan":"Wind, put to work"}</script>
    <p>Larkmill builds windmills for farms, villages and museums all over Europe. We repair old ones with oak from our own wood. Our millers train apprentices from eleven countries. Accept our cookies to continue reading this page in full.</p>`
  const { description, tagline, long_description: long } = read(html)
  expect([description?.value, tagline?.value]).toEqual(['Larkmill builds windmills to measure.', 'Wind, put to work'])
  expect(long?.value.split('. ')).toHaveLength(3)
  expect(read('')).toMatchObject({ emails: [], phones: [], addresses: [], founders: [], registrations: [], tickers: [], isins: [] })
})
