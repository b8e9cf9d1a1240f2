import { send } from '../exchange.ts'
import { each, jsonLd, page } from '../html.ts'
import { pageOf, type Render } from './page.ts'

/** What a good reader finds on these pages. */
export const brandFacts = {
  name: 'Alderpost',
  primary: '#1f7a5c', accent: '#f2a33a', background: '#fbfaf7', text: '#1d2a26', link: '#0f5fa8',
  social: ['https://www.linkedin.com/company/alderpost', 'https://x.com/alderpost', 'https://www.youtube.com/@alderpost', 'https://bsky.app/profile/alderpost.test', 'https://github.com/alderpost', 'https://www.instagram.com/alderpost.mail'],
} as const

const css = `:root { --brand: ${brandFacts.primary}; --accent: ${brandFacts.accent}; --paper: ${brandFacts.background}; --ink: ${brandFacts.text}; --success: #0a0; }
@font-face { font-family: "Alder Grotesk"; src: url("/fonts/alder-grotesk.woff2") format("woff2"); font-weight: 400 700; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 "Alder Grotesk", Helvetica, Arial, sans-serif; font-family: "Alder Grotesk", Helvetica, Arial, sans-serif; }
h1, h2 { font-family: "Alder Serif", Georgia, serif; color: var(--brand); }
h1 { font-size: 48px; line-height: 56px; font-weight: 700; margin: 0 0 16px; }
h2 { font-size: 28px; margin: 0 0 8px; }
p { font-size: 16px; margin: 0 0 16px; }
a { color: ${brandFacts.link}; }
.site-header { background: #ffffff; padding: 16px 32px; display: flex; gap: 24px; align-items: center; border-bottom: 1px solid #e2e0da; }
.site-header nav a { margin-right: 16px; color: var(--ink); }
.hero { padding: 64px 32px; }
.btn { display: inline-block; padding: 12px 24px; border-radius: 8px; text-decoration: none; border: 0; font: 600 16px "Alder Grotesk", Helvetica, Arial, sans-serif; }
.btn-primary { background: var(--brand); color: #ffffff; box-shadow: 0 2px 4px rgba(0, 0, 0, 0.2); }
.btn-secondary { background: var(--accent); color: var(--ink); }
.card { background: #ffffff; border-radius: 12px; padding: 24px; width: 320px; margin: 0 32px 16px; }
.field { background: #ffffff; border: 1px solid #b8c4bf; border-radius: 6px; padding: 8px 12px; color: var(--ink); }
.band { background: var(--brand); color: #ffffff; padding: 48px 32px; }
footer { background: #ffffff; padding: 32px; }
.cookie-consent { position: fixed; bottom: 0; left: 0; right: 0; background: #c01050; color: #fff; padding: 16px; }
.cookie-consent button { background: #ff00aa; color: #fff; padding: 20px 60px; border: 0; }
.unused-thing { background: #ff0000; color: #00ff00; }
`

const leaf = 'M12 2C6 4 3 10 4 18c8 1 14-2 16-8-3 3-7 4-10 5 4-2 8-5 9-10-3-3-5-3-7-3z'
const mark = (fill: string): string => `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 24 24"><path fill="${fill}" d="${leaf}"/></svg>\n`
const wordmark = (fill: string): string => `<svg xmlns="http://www.w3.org/2000/svg" width="180" height="40" viewBox="0 0 180 40"><path fill="${brandFacts.accent}" transform="scale(1.6)" d="${leaf}"/>${each(Array.from('alderpost'), (_, i) => `<rect x="${48 + i * 14}" y="${i % 3 === 0 ? 8 : 14}" width="10" height="${i % 3 === 0 ? 24 : 18}" rx="3" fill="${fill}"/>`)}</svg>\n`
/** Somebody else's. */
const foreign = (fill: string): string => `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60" viewBox="0 0 200 60"><rect width="200" height="60" rx="12" fill="${fill}"/></svg>\n`

const picture = (make: () => string) => (x: Parameters<Render>[0]) => send(x, make(), { type: 'image/svg+xml' })

const home: Render = ({ origin }) =>
  page({
    title: 'Alderpost | Post for small teams',
    description: 'Alderpost keeps the mail of a small team in one quiet place.',
    head: `<link rel="stylesheet" href="/style.css">
<link rel="manifest" href="/site.webmanifest">
<link rel="apple-touch-icon" sizes="180x180" href="/img/alderpost-180x180.png">
<meta name="theme-color" content="${brandFacts.primary}">
<meta name="msapplication-TileColor" content="#da532c">
<meta property="og:site_name" content="Alderpost">
<meta property="og:title" content="Alderpost">
<meta property="og:image" content="${origin}/img/preview-1200x630.png">
<meta name="twitter:site" content="@alderpost">
${jsonLd({ '@context': 'https://schema.org', '@type': 'Organization', name: 'Alderpost', url: `${origin}/`, logo: { '@type': 'ImageObject', url: `${origin}/logo.svg`, width: 180, height: 40 }, sameAs: ['https://www.linkedin.com/company/alderpost/', 'https://twitter.com/alderpost', 'https://www.wikidata.org/wiki/Q0'] })}`,
    body: `<header class="site-header"><a href="/" class="logo-link" aria-label="Alderpost home"><img class="logo" src="/logo.svg" alt="Alderpost" width="180" height="40"></a><nav><a href="/pricing">Pricing</a><a href="/about">About</a></nav><a class="btn btn-primary" href="/signup">Get started</a></header>
<main>
<section class="hero"><h1>Post, kept in one place</h1><p>Letters, parcels and forms arrive; Alderpost sorts them, says who has to act, and keeps what has to be kept. Teams of up to forty people use it from the first day. <a href="/how">How it works</a>, <a href="/prices">what it costs</a> and <a href="/security">how it is kept safe</a>.</p><a class="btn btn-primary" href="/signup">Try it free</a> <a class="btn btn-secondary" href="/demo">Book a demo</a> <input class="field" type="email" placeholder="you@example.test"></section>
<section class="customers client-logos"><h2>Trusted by</h2><img src="/partners/borealis-logo.svg" alt="Borealis Freight logo" width="200" height="60"><img src="/partners/quern-logo.svg" alt="Quern &amp; Sons logo" width="200" height="60"></section>
<div class="card"><h2>Sorted by noon</h2><p>What came in the morning is on the right desk by noon.</p></div>
<div class="card"><h2>Written by people</h2><p>By <span class="author-bio"><a href="https://www.linkedin.com/in/juno-hale">Juno Hale</a> and <a href="https://x.com/junohale">on X</a></span>, who also likes <a href="https://www.instagram.com/someoneelse">this</a>.</p></div>
<div class="share"><a href="https://www.facebook.com/sharer/sharer.php?u=x">Share</a><a href="https://twitter.com/intent/tweet?text=x">Tweet</a></div>
<section class="band"><h2 style="color:#fff">Start today</h2><p>There is nothing to install.</p></section>
</main>
<footer class="site-footer"><a href="/"><img src="/logo-white.svg" alt="Alderpost" width="180" height="40" style="background:#1d2a26"></a><ul class="social-links"><li><a href="https://www.youtube.com/@alderpost/videos?sub_confirmation=1">YouTube</a></li><li><a rel="me" href="https://bsky.app/profile/alderpost.test">Bluesky</a></li><li><a href="https://github.com/alderpost">GitHub</a></li><li><a href="https://instagram.com/alderpost.mail/?hl=en">Instagram</a></li><li><a href="https://x.com/alderpost">X</a></li><li><a href="https://www.facebook.com/wix">Facebook</a></li></ul></footer>
<div class="cookie-consent" id="cookie-consent">We use cookies. <button>Accept all cookies</button></div>`,
  })

const dark: Render = () =>
  page({
    title: 'Nightloom',
    head: `<style>:root{color-scheme:dark} body{margin:0;background:#0b0d17;color:#e6e8f0;font-family:Georgia,serif} a{color:#8ab4ff} .top{padding:20px} .cta{background:#7c5cff;color:#fff;padding:14px 28px;border-radius:9999px;border:0} .tall{height:900px;padding:20px}</style>\n`,
    body: `<header class="top"><a href="/" aria-label="Nightloom"><svg class="site-logo" width="140" height="32" viewBox="0 0 140 32" fill="currentColor" color="#ffffff"><title>Nightloom</title><use href="#nl"/></svg></a> <button class="cta">Start weaving</button></header>
<svg style="display:none"><symbol id="nl" viewBox="0 0 140 32"><path d="M0 0h20v32H0z"/><path d="M30 8h100v16H30z"/></symbol></svg>
<main class="tall"><h1>Cloth by night</h1><p>Nightloom weaves while you sleep, and stops when you wake. <a href="/how">See how</a>. The machine is quiet enough for a flat with thin walls, and the pattern is yours from the first thread to the last.</p><button class="cta">Buy a loom</button></main>`,
  })

export const brand = pageOf(
  { name: 'brand', title: 'Company front page', description: 'A company with a brand: logos, colours, fonts, buttons, profiles, and everything that looks like one of them and is not. A dark one is at /dark; one whose logo is missing at /broken; one that lies to whoever asks for its styles at /tampered, and one that answers nonsense at /nonsense.' },
  {
    '/': home,
    '/dark': dark,
    '/broken': (x) => home(x).replaceAll('/logo.svg', '/gone.svg').replaceAll('/logo-white.svg', '/not-a-picture.svg'),
    '/tampered': (x) => home(x).replace('</head>', '<script>window.getComputedStyle = () => { throw new Error("not yours") }</script></head>'),
    '/nonsense': (x) => home(x).replace('</head>', '<script>Array.prototype.sort = function () { return 7 }; Map.prototype.set = function () { return this }; window.getComputedStyle = () => new Proxy({}, { get: () => "x".repeat(100000) })</script></head>'),
    '/style.css': (x) => send(x, css, { type: 'text/css; charset=utf-8' }),
    '/site.webmanifest': (x) => send(x, JSON.stringify({ name: 'Alderpost', theme_color: brandFacts.primary, icons: [{ src: '/icon-512.svg', sizes: '512x512', type: 'image/svg+xml' }] }), { type: 'application/manifest+json' }),
    // Named by a TXT record alone.
    '/bimi.svg': picture(() => mark(brandFacts.accent)),
    '/logo.svg': picture(() => wordmark(brandFacts.primary)),
    '/logo-white.svg': picture(() => wordmark('#ffffff')),
    '/icon-512.svg': picture(() => mark(brandFacts.primary)),
    '/favicon.svg': picture(() => mark(brandFacts.primary)),
    '/partners/borealis-logo.svg': picture(() => foreign('#aa2200')),
    '/partners/quern-logo.svg': picture(() => foreign('#2200aa')),
    '/gone.svg': (x) => send(x, 'There is nothing here.', { status: 404 }),
    '/not-a-picture.svg': (x) => send(x, page({ title: 'Not a picture', body: '<p>A page in the place of a picture.</p>' })),
  },
)
