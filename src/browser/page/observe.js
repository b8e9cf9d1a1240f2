// Runs in the page: what it shows, and what of it can be acted on, each with a selector of its own. Changes nothing.
export const observe = ({ partsMax, textMax }) => {
  const shown = (element) => {
    const box = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    return box.width > 0 && box.height > 0 && style.visibility !== 'hidden' && style.display !== 'none'
  }
  const pathOf = (element) => {
    const steps = []
    for (let one = element; one && one.nodeType === 1 && one !== document.documentElement; one = one.parentElement) {
      const same = one.parentElement ? [...one.parentElement.children].filter((other) => other.localName === one.localName) : [one]
      steps.unshift(`${CSS.escape(one.localName)}:nth-of-type(${same.indexOf(one) + 1})`)
    }
    return `html > ${steps.join(' > ')}`
  }
  const labelOf = (element) =>
    (element.getAttribute('aria-label') || element.labels?.[0]?.innerText || element.innerText || element.getAttribute('placeholder') || element.getAttribute('title') || element.getAttribute('alt') || element.getAttribute('name') || '').replace(/\s+/g, ' ').trim().slice(0, 120)
  const kindOf = (element) => (element.localName === 'input' ? `input ${element.type}` : element.getAttribute('role') || ({ a: 'link' })[element.localName] || element.localName)
  const parts = []
  for (const element of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [role=tab], [role=menuitem], [role=checkbox], [role=option], [onclick], [contenteditable=true]')) {
    if (parts.length >= partsMax) break
    if (!shown(element)) continue
    const isSecret = element.localName === 'input' && element.type === 'password'
    const value = element.localName === 'select' ? [...element.options].map((option) => (option.selected ? `[${option.text}]` : option.text)).join(' | ').slice(0, 200) : isSecret ? undefined : typeof element.value === 'string' && element.localName !== 'button' ? element.value.slice(0, 120) : undefined
    parts.push({ selector: pathOf(element), kind: kindOf(element), name: labelOf(element), ...(value ? { value } : {}) })
  }
  return { url: location.href, title: document.title.slice(0, 300), text: (document.body?.innerText ?? '').replace(/[ \t]+/g, ' ').replace(/\n{2,}/g, '\n').slice(0, textMax), parts }
}
