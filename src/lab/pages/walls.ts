import { send } from '../exchange.ts'
import { each, escapeHtml, page } from '../html.ts'
import { sendWall, walls as table } from '../walls/index.ts'
import { articleAboutWalls, formWithCaptcha, loginPage } from '../walls/look-alikes.ts'
import type { LabPage } from './page.ts'

const lookAlikes: Readonly<Record<string, () => string>> = {
  '/article-about-cloudflare': articleAboutWalls,
  '/login': loginPage,
  '/form-with-recaptcha': formWithCaptcha,
}

export const walls: LabPage = {
  name: 'walls',
  title: 'Walls',
  description: 'Block pages with the marks of each known wall, and pages that only look like one.',
  answer: (x) => {
    if (x.path === '/') {
      return send(x, page({
        title: 'Walls',
        body: `<main><h1>Walls</h1>\n<h2>Real ones</h2>\n<ul>\n${each(Object.entries(table), ([name, wall]) => `<li><a href="/${name}">${name}</a>: ${escapeHtml(wall.about)}</li>`)}\n</ul>
<h2>Not walls, whatever they look like</h2>\n<ul>\n${each(Object.keys(lookAlikes), (path) => `<li><a href="${path}">${path.slice(1)}</a></li>`)}\n</ul></main>`,
      }))
    }
    const alike = lookAlikes[x.path]
    if (alike) return send(x, alike(), x.path === '/article-about-cloudflare' ? { headers: { server: 'cloudflare', 'cf-ray': '8f1c2ab34de56f78-FRA', 'cf-cache-status': 'HIT' } } : {})
    const name = x.path.slice(1)
    return Object.hasOwn(table, name) ? sendWall(x, name) : false
  },
}
