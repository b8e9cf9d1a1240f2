// Resolves when the document is still and says something, or when nothing more will come, or at `maxMs`.
export const settle = ({ name, maxMs }) => new Promise((resolve) => {
  const state = window[name] ?? { timers: new Map(), flying: new Map(), changedAt: 0, doneAt: 0, leavingAt: 0, fetched: true, setTimeout: window.setTimeout.bind(window) }
  const started = performance.now()
  const roots = '#root, #app, #__next, #__nuxt, #___gatsby, #svelte, #q-app, #react-root, #app-root, app-root'
  const loading = /^(?:please wait|loading|initializing|redirecting|one moment|wird geladen|chargement|cargando|загрузка|加载中|読み込み中)[\s.…]*(?:please wait)?[\s.…]*$/i
  const pictures = 'img, svg, canvas, video, iframe, embed, object, picture'

  const hasContent = () => {
    const { body } = document
    if (!body) return false
    if (body.localName === 'frameset') return true
    const text = body.innerText.trim()
    if (text.length < 300 && [...document.querySelectorAll(roots)].some((root) => root.innerText.trim().length < 2 && !root.shadowRoot && !root.querySelector(pictures))) return false
    if (text.length > 0 && text.length < 60 && loading.test(text)) return false
    return text.length >= 20 || body.querySelector(pictures) !== null || (text.length > 0 && document.scripts.length === 0)
  }

  const look = () => {
    const now = performance.now()
    const spent = now - started
    if (spent >= maxMs) return 'out of time'
    if (state.leavingAt > 0 && now - state.leavingAt < 10_000) return undefined
    if (document.readyState === 'loading' || (document.readyState !== 'complete' && spent < 5000)) return undefined
    const calm = now - Math.max(state.changedAt, state.doneAt)
    const busy = state.timers.size > 0 || state.flying.size > 0
    const base = state.fetched ? 150 : document.querySelector('script[type=module], link[rel=modulepreload]') ? 120 : 30
    if (spent > 4000 && hasContent()) return 'restless'
    if (calm < (busy ? 1000 : base)) return undefined
    if (hasContent()) return busy ? 'still, though busy' : 'still'
    return !busy && calm >= 500 ? 'empty' : undefined
  }
  const tick = () => {
    const why = look()
    if (why === undefined) state.setTimeout(tick, 15)
    else resolve(why)
  }
  tick()
})
