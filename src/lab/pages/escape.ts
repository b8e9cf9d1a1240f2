import { send, type Exchange } from '../exchange.ts'
import { escapeHtml, page } from '../html.ts'
import { pageOf } from './page.ts'

/** Every way in which a page can make a browser open a connection, towards ?to=host:port. */
const ways = (to: string): Readonly<Record<string, string>> => {
  const url = (way: string) => `http://${to}/canary/${way}`
  const run = (code: string) => `<script>${code}</script>`
  return {
    image: `<img src="${url('image')}" alt="">`,
    stylesheet: `<link rel="stylesheet" href="${url('stylesheet')}">`,
    script: `<script src="${url('script')}"></script>`,
    iframe: `<iframe src="${url('iframe')}"></iframe>`,
    object: `<object data="${url('object')}"></object><embed src="${url('embed')}">`,
    media: `<video src="${url('video')}" autoplay muted></video><audio src="${url('audio')}" autoplay></audio>`,
    font: `<style>@font-face{font-family:f;src:url(${url('font')})}p{font-family:f}</style><p>text</p>`,
    import: `<style>@import url(${url('import')});body{background:url(${url('background')})}</style>`,
    fetch: run(`fetch(${JSON.stringify(url('fetch'))},{mode:'no-cors'}).catch(()=>{})`),
    xhr: run(`const r=new XMLHttpRequest();r.open('GET',${JSON.stringify(url('xhr'))});r.send()`),
    beacon: run(`navigator.sendBeacon(${JSON.stringify(url('beacon'))},'x')`),
    websocket: run(`new WebSocket(${JSON.stringify(`ws://${to}/canary/websocket`)})`),
    eventsource: run(`new EventSource(${JSON.stringify(url('eventsource'))})`),
    worker: run(`new Worker(URL.createObjectURL(new Blob([${JSON.stringify(`fetch(${JSON.stringify(url('worker'))},{mode:'no-cors'})`)}])))`),
    'service-worker': run(`navigator.serviceWorker.register('/sw.js?to=${encodeURIComponent(to)}')`),
    window: run(`window.open(${JSON.stringify(url('window'))})`),
    link: `<link rel="prefetch" href="${url('prefetch')}"><link rel="preload" as="image" href="${url('preload')}"><link rel="preconnect" href="http://${to}"><link rel="dns-prefetch" href="//${to}">`,
    prerender: `<script type="speculationrules">${JSON.stringify({ prerender: [{ source: 'list', urls: [url('prerender')] }] })}</script>`,
    meta: `<meta http-equiv="refresh" content="0; url=${url('meta')}">`,
    location: run(`location=${JSON.stringify(url('location'))}`),
    form: `<form id="f" method="post" action="${url('form')}"><input name="a" value="b"></form>${run(`document.getElementById('f').submit()`)}`,
    ping: `<a id="p" href="#" ping="${url('ping')}">p</a>${run(`document.getElementById('p').click()`)}`,
    webrtc: run(`const c=new RTCPeerConnection({iceServers:[{urls:${JSON.stringify(`stun:${to}`)}}, {urls:${JSON.stringify(`turn:${to}?transport=tcp`)},username:'a',credential:'b'}]});c.createDataChannel('x');c.createOffer().then((o)=>c.setLocalDescription(o))`),
    webtransport: run(`try{new WebTransport(${JSON.stringify(`https://${to}/canary/webtransport`)})}catch{}`),
    file: `<iframe src="file:///etc/passwd"></iframe><img src="file:///etc/passwd" alt="">${run(`fetch('file:///etc/passwd').catch(()=>{})`)}`,
    redirect: `<img src="/redirect-to?url=${encodeURIComponent(url('redirect'))}" alt="">`,
    download: `<a id="d" href="${url('download')}" download>d</a>${run(`document.getElementById('d').click()`)}`,
    report: run(`fetch('/csp?to=${encodeURIComponent(to)}')`),
  }
}

const target = (x: Exchange): string => {
  const to = x.query.get('to') ?? ''
  return /^[\w.[\]:-]{1,255}$/.test(to) ? to : '10.0.0.1'
}

export const escape = pageOf(
  { name: 'escape', title: 'Ways out', description: 'A page that tries every way in which a browser can be made to connect to ?to=host:port; ?only= tries one.' },
  {
    '/': (x) => {
      const only = x.query.get('only')
      const tried = Object.entries(ways(target(x))).filter(([name]) => (only === null ? !['location', 'meta', 'form'].includes(name) : name === only))
      return page({ title: 'Ways out', body: `<main><h1>Ways out</h1><p>Tried: <span id="tried">${escapeHtml(tried.map(([name]) => name).join(' '))}</span></p>\n${tried.map(([, html]) => html).join('\n')}\n</main>` })
    },
    '/sw.js': (x) => send(x, `fetch(${JSON.stringify(`http://${target(x)}/canary/service-worker`)},{mode:'no-cors'}).catch(()=>{})\n`, { type: 'text/javascript' }),
    '/csp': (x) => send(x, '', { status: 204, headers: { 'reporting-endpoints': `default="http://${target(x)}/canary/report"` } }),
    '/ways.json': (x) => send(x, JSON.stringify(Object.keys(ways(target(x)))), { type: 'application/json' }),
  },
)
