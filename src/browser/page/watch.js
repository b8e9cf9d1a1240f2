// Runs before any script of the page, in every frame; only the outermost one keeps count of what is still to come.
export const watch = (name) => {
  let outermost = false
  try {
    outermost = window.top === window
  } catch {
    // A frame of another origin.
  }
  for (const kind of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCDataChannel', 'WebTransport']) delete window[kind]
  if (!outermost) return

  const shortMs = 2000
  const deepest = 8
  const state = { timers: new Map(), flying: new Map(), changedAt: 0, doneAt: 0, leavingAt: 0, fetched: false, setTimeout: window.setTimeout.bind(window) }
  Object.defineProperty(window, name, { value: state })
  const now = () => performance.now()
  let depth = 0

  window.setTimeout = new Proxy(window.setTimeout, {
    apply(target, self, [run, delay, ...rest]) {
      const ms = Number(delay) || 0
      if (typeof run !== 'function' || ms > shortMs || depth >= deepest) return Reflect.apply(target, self, [run, delay, ...rest])
      const own = depth + 1
      const id = Reflect.apply(target, self, [function (...values) {
        const before = depth
        depth = own
        try {
          return Reflect.apply(run, this, values)
        } finally {
          depth = before
          state.timers.delete(id)
          state.doneAt = now()
        }
      }, delay, ...rest])
      state.timers.set(id, now() + ms)
      return id
    },
  })
  for (const clear of ['clearTimeout', 'clearInterval']) {
    window[clear] = new Proxy(window[clear], {
      apply(target, self, args) {
        state.timers.delete(args[0])
        return Reflect.apply(target, self, args)
      },
    })
  }

  let flights = 0
  const leave = () => {
    const id = ++flights
    state.fetched = true
    state.flying.set(id, now())
    return () => {
      state.flying.delete(id)
      state.doneAt = now()
    }
  }
  window.fetch = new Proxy(window.fetch, {
    apply(target, self, args) {
      const landed = leave()
      const answer = Reflect.apply(target, self, args)
      answer.then(landed, landed)
      return answer
    },
  })
  XMLHttpRequest.prototype.send = new Proxy(XMLHttpRequest.prototype.send, {
    apply(target, self, args) {
      self.addEventListener('loadend', leave(), { once: true })
      return Reflect.apply(target, self, args)
    },
  })

  window.navigation?.addEventListener('navigate', (event) => {
    if (!event.destination.sameDocument && event.downloadRequest === null) state.leavingAt = now()
  })
  new MutationObserver(() => { state.changedAt = now() }).observe(document, { childList: true, subtree: true, characterData: true })
}
