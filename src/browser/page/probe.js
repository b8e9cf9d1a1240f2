// What the page looks like to its readers: colours by area and role, fonts by text, buttons, and pictures that may be logos.
// Everything is bounded; whoever reads it checks its form, for a page may have changed whatever this calls.
export const probe = ({ elementsMax, markupMax, clear: clears }) => {
  const style = (element) => getComputedStyle(element)
  const wide = document.documentElement.clientWidth || innerWidth
  const tall = Math.max(innerHeight, document.documentElement.scrollHeight || 0)
  const clear = (color) => !color || color === 'transparent' || /^rgba\([^)]*,\s*0\)$/.test(color) || /\/\s*0\)$/.test(color)
  const consent = /cookie|consent|gdpr|onetrust|cybot|didomi|usercentrics|truste|klaro|osano|cky-/i
  const named = (element) => `${element.id} ${element.getAttribute('class') ?? ''} ${element.getAttribute('data-testid') ?? element.getAttribute('data-test') ?? ''}`.slice(0, 300)
  const sums = (map, key, amount) => map.set(key, (map.get(key) ?? 0) + amount)
  const top = (map, most) => [...map].sort((a, b) => b[1] - a[1]).slice(0, most)

  const colors = new Map()
  const stacks = new Map()
  const radii = new Map()
  const gaps = new Map()
  const buttons = []
  const inputs = []
  const typography = {}
  const seen = []

  const behindOf = (element) => {
    for (let node = element; node; node = node.parentElement ?? node.getRootNode?.().host ?? null) {
      const own = style(node)
      if (!clear(own.backgroundColor)) return own.backgroundColor
      if (own.backgroundImage !== 'none') return 'image'
    }
    return 'rgb(255, 255, 255)'
  }
  const ownText = (element) => {
    let chars = 0
    for (const child of element.childNodes) if (child.nodeType === 3) chars += child.data.trim().length
    return chars
  }
  const placeOf = (element) => {
    const place = { header: false, footer: false, nav: false, home: false, link: '', words: `${named(element)} |` }
    let node = element
    for (let depth = 0; node && depth < 14; depth++, node = node.parentElement) {
      const words = named(node)
      const role = node.getAttribute('role')
      if (depth > 0 && depth < 5 && !/^(body|html|main)$/.test(node.localName)) place.words += ` ${words}`
      if (node.localName === 'header' || role === 'banner' || /(?:^|[\s_-])(?:site-?|page-?|main-?|global-?|top-?)?(?:header|masthead|navbar|topbar)/i.test(words)) place.header = true
      if (node.localName === 'nav' || role === 'navigation') place.nav = true
      if (node.localName === 'footer' || role === 'contentinfo' || /(?:^|[\s_-])footer/i.test(words)) place.footer = true
      if (node.localName === 'a' && place.link === '') {
        place.link = String(node.href).slice(0, 500)
        place.words += ` ${node.getAttribute('aria-label') ?? ''} ${node.getAttribute('title') ?? ''}`
        try {
          const to = new URL(place.link)
          place.home = to.host.replace(/^www\./, '') === location.host.replace(/^www\./, '') && /^\/(?:[a-z]{2}(?:[-_][a-z]{2})?\/?|index\.\w+|home\/?|homepage\/?)?$/i.test(to.pathname)
        } catch {
          // No address.
        }
      }
    }
    place.words = place.words.slice(0, 600)
    return place
  }

  const svgMarkup = (svg) => {
    const copy = svg.cloneNode(true)
    for (const use of [...copy.querySelectorAll('use')].slice(0, 40)) {
      const reference = use.getAttribute('href') ?? use.getAttribute('xlink:href') ?? ''
      const target = reference.startsWith('#') ? document.getElementById(reference.slice(1)) : null
      if (!target || target.contains(svg)) continue
      const inside = target.localName === 'symbol' ? [...target.childNodes] : [target]
      if (target.localName === 'symbol' && !copy.hasAttribute('viewBox') && target.hasAttribute('viewBox')) copy.setAttribute('viewBox', target.getAttribute('viewBox'))
      const group = document.createElementNS('http://www.w3.org/2000/svg', 'g')
      for (const child of inside) group.append(child.cloneNode(true))
      use.replaceWith(group)
    }
    const originals = svg.querySelectorAll('*')
    const shapes = /^(path|rect|circle|ellipse|polygon|polyline|line|text|tspan)$/
    // Colours that style sheets give are lost outside of the page.
    if (originals.length <= 300 && !svg.querySelector('use')) {
      const copies = copy.querySelectorAll('*')
      originals.forEach((original, i) => {
        if (!shapes.test(original.localName) || !copies[i]) return
        const { fill, stroke } = style(original)
        if (!/url\(/.test(fill)) copies[i].setAttribute('fill', fill)
        if (stroke !== 'none' && !/url\(/.test(stroke)) copies[i].setAttribute('stroke', stroke)
        copies[i].removeAttribute('style')
      })
    }
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
    copy.setAttribute('color', style(svg).color)
    for (const name of ['class', 'style', 'id']) copy.removeAttribute(name)
    const box = svg.getBoundingClientRect()
    copy.setAttribute('width', String(Math.round(box.width)))
    copy.setAttribute('height', String(Math.round(box.height)))
    return copy.outerHTML
  }

  const look = (element, box) => {
    const place = placeOf(element)
    const alt = `${element.getAttribute('alt') ?? ''} ${element.getAttribute('aria-label') ?? ''} ${element.localName === 'svg' ? (element.querySelector('title')?.textContent ?? '') : ''}`.trim().slice(0, 200)
    const common = { ...place, alt, box: [Math.round(box.left), Math.round(box.top + scrollY), Math.round(box.width), Math.round(box.height)], behind: behindOf(element.parentElement ?? element) }
    if (element.localName === 'img') seen.push({ kind: 'img', url: element.currentSrc || element.src, natural: [element.naturalWidth, element.naturalHeight], ...common })
    else if (element.localName === 'svg') {
      const inner = element.querySelector('image')
      const markup = inner ? '' : svgMarkup(element)
      const fromOutside = element.querySelector('use')
      const href = inner?.href?.baseVal || (fromOutside && !fromOutside.href?.baseVal.startsWith('#') ? fromOutside.href?.baseVal : '')
      if (href) seen.push({ kind: 'img', url: new URL(href, location.href).href, natural: [0, 0], ...common })
      else if (markup.length <= markupMax) seen.push({ kind: 'svg', markup, ...common })
    } else {
      const url = /url\(["']?([^"')]+)/.exec(style(element).backgroundImage)?.[1]
      if (url) seen.push({ kind: 'background', url: new URL(url, location.href).href, natural: [0, 0], ...common })
    }
  }

  const all = []
  const gather = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (all.length >= elementsMax) return
      all.push(element)
      if (element.shadowRoot) gather(element.shadowRoot)
    }
  }
  if (document.body) gather(document)
  const buttonLike = /(?:^|[\s_-])(?:btn|button|cta)(?:[\s_-]|$)/i
  const outside = new Set()

  for (const element of all) {
    if (element.parentElement && outside.has(element.parentElement)) { outside.add(element); continue }
    const name = element.localName
    if (/^(script|style|noscript|template|head|meta|link|title)$/.test(name)) { outside.add(element); continue }
    if (consent.test(named(element)) && name !== 'body' && name !== 'html') {
      outside.add(element)
      // Not in the picture either, where that is taken for its colours alone.
      if (clears && /fixed|sticky|absolute/.test(style(element).position)) element.style.setProperty('visibility', 'hidden', 'important')
      continue
    }
    const box = element.getBoundingClientRect()
    const own = style(element)
    if (own.display === 'none' || own.visibility === 'hidden' || Number(own.opacity) < 0.1) { if (own.display === 'none') outside.add(element); continue }
    if (box.width < 1 || box.height < 1 || box.right < 0 || box.left > wide) continue
    const y = box.top + scrollY
    if (name === 'img' || name === 'svg') {
      if (box.width >= 12 && box.height >= 8 && (y < 400 || /logo|brand/i.test(`${named(element)} ${element.getAttribute('alt') ?? ''} ${element.currentSrc ?? ''}`)) && seen.length < 80) look(element, box)
      if (name === 'svg') outside.add(element)
      continue
    }
    // What is far below counts less.
    const depth = y < innerHeight ? 1 : y < innerHeight * 3 ? 0.5 : 0.2
    const area = Math.min(box.width, wide) * Math.min(box.height, tall) * depth
    if (own.backgroundImage !== 'none' && /url\(/.test(own.backgroundImage) && box.width < 600 && box.height < 250 && y < 400 && seen.length < 80 && (/logo|brand/i.test(named(element)) || placeOf(element).home)) look(element, box)
    const isButton = name === 'button' || element.getAttribute('role') === 'button' || (name === 'input' && /^(submit|button)$/.test(element.type)) || (name === 'a' && buttonLike.test(named(element)))
    const filled = !clear(own.backgroundColor)
    if (filled) {
      const role = isButton ? 'button' : name === 'body' || name === 'html' ? 'page' : name === 'header' || name === 'nav' ? 'header' : name === 'footer' ? 'footer' : 'area'
      sums(colors, `${role} ${own.backgroundColor}`, area)
    }
    const chars = ownText(element)
    if (chars > 0) {
      const role = isButton ? 'button_text' : name === 'a' || element.closest('a') ? 'link' : /^h[1-6]$/.test(name) || element.closest('h1,h2,h3,h4,h5,h6') ? 'heading' : 'text'
      sums(colors, `${role} ${own.color}`, chars * depth)
      const font = isButton ? 'button' : role === 'heading' ? 'heading' : /^(code|pre|kbd|samp)$/.test(name) || element.closest('pre,code') ? 'code' : 'body'
      sums(stacks, `${font} ${own.fontWeight} ${own.fontFamily.slice(0, 400)}`, chars)
      const place = /^h[1-3]$/.test(name) ? name : isButton ? 'button' : name === 'p' ? 'paragraph' : undefined
      if (place && !typography[place]) typography[place] = { size: Number.parseFloat(own.fontSize), weight: Number(own.fontWeight), line: own.lineHeight, stack: own.fontFamily.slice(0, 400) }
    }
    if (isButton && buttons.length < 40 && box.width >= 30 && box.height >= 18 && box.width < 600) {
      const text = (element.innerText || element.value || '').trim().replace(/\s+/g, ' ').slice(0, 80)
      if (text !== '') buttons.push({
        text, background: own.backgroundColor, color: own.color, border: own.borderTopWidth === '0px' ? '' : own.borderTopColor, radius: own.borderTopLeftRadius, shadow: own.boxShadow === 'none' ? '' : own.boxShadow.slice(0, 200),
        padding: own.padding.slice(0, 60), area: Math.round(box.width * box.height), y: Math.round(y), words: named(element), header: placeOf(element).header, behind: behindOf(element.parentElement ?? element),
      })
    }
    if (/^(input|textarea|select)$/.test(name) && !/^(submit|button|checkbox|radio|hidden|image|range|color|file)$/.test(element.type) && inputs.length < 6) inputs.push({ background: own.backgroundColor, color: own.color, border: own.borderTopWidth === '0px' ? '' : own.borderTopColor, radius: own.borderTopLeftRadius })
    if (filled && !isButton && box.width < wide * 0.8 && own.borderTopLeftRadius !== '0px') sums(radii, own.borderTopLeftRadius.slice(0, 40), 1)
    for (const side of [own.paddingTop, own.paddingLeft, own.marginBottom, own.rowGap]) {
      const gap = Number.parseFloat(side)
      if (gap > 0 && gap <= 128 && Number.isInteger(gap)) sums(gaps, gap, 1)
    }
  }

  const variables = {}
  const faces = []
  let rules = 0
  for (const sheet of document.styleSheets) {
    let list
    try {
      list = sheet.cssRules
    } catch {
      // Of another origin.
      continue
    }
    for (const rule of list) {
      if (++rules > 20_000) break
      if (rule instanceof CSSFontFaceRule && faces.length < 120) faces.push({ family: rule.style.getPropertyValue('font-family').slice(0, 120), source: rule.style.getPropertyValue('src').slice(0, 300), weight: rule.style.getPropertyValue('font-weight').slice(0, 20), base: sheet.href ?? location.href })
      else if (rule instanceof CSSStyleRule && /(?:^|,)\s*(?::root|html|body)\b/.test(rule.selectorText)) {
        for (const property of rule.style) {
          if (!property.startsWith('--') || Object.keys(variables).length >= 400) continue
          const value = rule.style.getPropertyValue(property).trim()
          if (value.length < 80) variables[property] = value
        }
      }
    }
  }
  const loaded = []
  for (const face of document.fonts) if (face.status === 'loaded' && loaded.length < 120) loaded.push({ family: face.family.slice(0, 120), weight: face.weight.slice(0, 20) })

  const root = style(document.documentElement)
  const body = document.body ? style(document.body) : root
  if (document.body) typography.body = { size: Number.parseFloat(body.fontSize), weight: Number(body.fontWeight), line: body.lineHeight, stack: body.fontFamily.slice(0, 400) }
  const globals = ['React', '__NEXT_DATA__', '__NUXT__', '___gatsby', 'Vue', '__VUE__', 'angular', 'ng', 'jQuery', 'Shopify', 'wp', 'Webflow', 'wixBiSession', 'Squarespace', 'Framer', '__remixContext', '__sveltekit', 'Alpine', 'htmx', 'bootstrap', 'Drupal', 'Joomla', 'BigCommerce', 'prestashop', 'MooTools', 'Ember', 'Backbone', 'Astro', '_hsq'].filter((name) => { try { return window[name] !== undefined } catch { return false } })
  return {
    colors: top(colors, 150), stacks: top(stacks, 60), radii: top(radii, 20), gaps: top(gaps, 30), buttons, inputs, typography, seen, variables, faces, loaded, globals,
    scheme: root.colorScheme, page: { width: wide, height: tall, body: body.backgroundColor, root: root.backgroundColor, color: body.color },
  }
}
