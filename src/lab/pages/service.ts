import { send } from '../exchange.ts'
import { each, jsonLd, page } from '../html.ts'
import { pageOf } from './page.ts'

const css = `:root{--brand:#0b5d5a;--accent:#f2a541;--ink:#1d2526;--paper:#fbf8f3}
@font-face{font-family:"Northlight Sans";src:url(/fonts/northlight-sans.woff2) format("woff2");font-weight:400 700}
body{margin:0;background:var(--paper);color:var(--ink);font-family:"Northlight Sans","Source Sans 3",system-ui,sans-serif}
h1,h2{font-family:"Fraunces",Georgia,serif;color:var(--brand)}
.button{background:var(--accent);color:#1d2526;border-radius:4px;padding:.6em 1.2em;text-decoration:none}
header,footer{background:#0b5d5a;color:#fff} header a,footer a{color:#fff}
`

const services = [
  ['Land surveys', 'Boundaries that hold in court, with drawings that hold in the rain.'],
  ['Building surveys', 'What is crooked, why, and whether it matters. A written report within ten days.'],
  ['Drone mapping', 'Quarries, dykes and roofs to two centimetres, without a ladder.'],
  ['Monitoring', 'Gauges that watch a crack or a wall for a year and tell you when it moves.'],
] as const

const logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 40" role="img" aria-label="Northlight Surveying"><path d="M20 4 34 36 20 28 6 36Z" fill="#f2a541"/><text x="44" y="27" font-family="Georgia" font-size="20" fill="#fbf8f3">Northlight</text></svg>'

const frame = (title: string, main: string, head = ''): string =>
  page({
    title,
    description: 'Surveyors in Westmere and Skerry since 1987: land, buildings, drones, monitoring.',
    head: `<link rel="stylesheet" href="/style.css">\n<meta name="theme-color" content="#0b5d5a">\n<link rel="apple-touch-icon" href="/img/northlight-icon-180x180.png">\n<link rel="mask-icon" href="/logo.svg" color="#0b5d5a">\n${head}`,
    body: `<header><a href="/" class="logo"><img src="/logo.svg" alt="Northlight Surveying logo" width="180" height="40"></a>
<nav><a href="/#services">Services</a> <a href="/about">About</a> <a href="/contact">Contact</a> <a href="/imprint">Imprint</a></nav></header>
<main>
${main}
</main>
<footer><p>Northlight Surveying Ltd. · Brook Lane 12 · 10999 Westmere · <a href="tel:+493012345678">+49 30 1234 5678</a> · <a href="mailto:hello@northlight.example">hello@northlight.example</a></p>
<ul class="social"><li><a href="https://www.linkedin.com/company/northlight-lab" aria-label="LinkedIn">in</a></li><li><a href="https://www.instagram.com/northlight.lab" aria-label="Instagram">ig</a></li><li><a href="https://github.com/northlight-lab">GitHub</a></li><li><a href="https://x.com/northlightlab">X</a></li><li><a href="https://www.youtube.com/@northlightlab">YouTube</a></li></ul>
<p>© 1987–2025 · <a href="/imprint">Imprint</a> · <a href="/privacy">Privacy</a></p></footer>`,
  })

const home = (origin: string): string =>
  frame('Northlight Surveying: we measure what stands', `<section class="hero"><h1>We measure what stands, and what is about to</h1><p>Surveyors for builders, farmers and courts, in Westmere and Skerry, since 1987.</p><a class="button" href="/contact">Ask for a quote</a></section>
<section id="services"><h2>What we do</h2><div class="cards">
${each(services, ([title, text]) => `<div class="card"><h3>${title}</h3><p>${text}</p></div>`)}
</div></section>
<section class="numbers"><h2>In numbers</h2><dl><dt>Surveys</dt><dd>11,400</dd><dt>People</dt><dd>23</dd><dt>Boundary disputes lost</dt><dd>2</dd></dl></section>
<section class="quotes"><h2>What clients say</h2><blockquote><p>They found the wall that three others had not.</p><footer>Piotr Lis, builder</footer></blockquote></section>
<section class="faq"><h2>Questions</h2><details><summary>How long does a survey take?</summary><p>A day on site and ten days for the report.</p></details><details><summary>What does it cost?</summary><p>From €480. We name the price before we start.</p></details></section>`,
  `<meta property="og:type" content="website">
<meta property="og:site_name" content="Northlight Surveying">
<meta property="og:image" content="${origin}/img/northlight-cover-1200x630.png">
<meta name="twitter:site" content="@northlightlab">
${jsonLd({
  '@context': 'https://schema.org',
  '@type': 'LocalBusiness',
  name: 'Northlight Surveying',
  legalName: 'Northlight Surveying Ltd.',
  slogan: 'We measure what stands',
  url: `${origin}/`,
  logo: `${origin}/logo.svg`,
  foundingDate: '1987',
  numberOfEmployees: 23,
  telephone: '+49 30 1234 5678',
  email: 'hello@northlight.example',
  vatID: 'DE000000000',
  address: { '@type': 'PostalAddress', streetAddress: 'Brook Lane 12', postalCode: '10999', addressLocality: 'Westmere', addressCountry: 'DE' },
  openingHours: 'Mo-Fr 07:00-17:00',
  sameAs: ['https://www.linkedin.com/company/northlight-lab', 'https://www.instagram.com/northlight.lab', 'https://github.com/northlight-lab'],
})}`)

export const service = pageOf(
  { name: 'service', title: 'Northlight Surveying', description: 'The homepage of a company: sections, logo, colours, fonts, social links, contact and imprint.' },
  {
    '/': (x) => home(x.origin),
    '/about': () => frame('About · Northlight Surveying', '<h1>About us</h1><p>Founded in 1987 by two surveyors and a borrowed theodolite. Today we are twenty-three, in two offices.</p><h2>Management</h2><ul><li>Hanna Voss, managing director</li><li>Idris Cole, head of field work</li></ul>'),
    '/contact': () => frame('Contact · Northlight Surveying', '<h1>Contact</h1><address>Northlight Surveying Ltd.<br>Brook Lane 12<br>10999 Westmere<br>Germany</address><p>Telephone <a href="tel:+493012345678">+49 30 1234 5678</a>, e-mail <a href="mailto:hello@northlight.example">hello@northlight.example</a></p><p>Monday to Friday, 7 to 17 h</p>'),
    '/imprint': () => frame('Imprint · Northlight Surveying', '<h1>Imprint</h1><p>Northlight Surveying Ltd., Brook Lane 12, 10999 Westmere, Germany</p><p>Managing director: Hanna Voss</p><p>Commercial register: HRB 000000, Westmere district court</p><p>VAT ID: DE000000000</p><p>E-mail: hello@northlight.example</p>'),
    '/privacy': () => frame('Privacy · Northlight Surveying', '<h1>Privacy</h1><p>We keep what we need for the survey, for ten years, because the law says so.</p>'),
    '/logo.svg': (x) => send(x, logo, { type: 'image/svg+xml' }),
    '/style.css': (x) => send(x, css, { type: 'text/css; charset=utf-8' }),
  },
)
