// The document as it stands now: open shadow roots are laid out in the place of their hosts,
// and what is said only to readers without scripts is left out.
export const snapshot = ({ charsMax }) => {
  const all = [...document.querySelectorAll('*')]
  const plain = all.every((element) => !element.shadowRoot && element.localName !== 'noscript')
  // A document of its own: pictures and frames copied into it load nothing.
  const inert = document.implementation.createHTMLDocument('')
  const childrenOf = (node) => {
    if (node.shadowRoot) return node.shadowRoot.childNodes
    return node.localName === 'slot' && node.assignedNodes().length > 0 ? node.assignedNodes() : node.childNodes
  }
  const compose = (node) => {
    const copy = inert.importNode(node, node.localName === 'template')
    if (node.localName === 'template') return copy
    for (const child of childrenOf(node)) if (child.localName !== 'noscript') copy.append(compose(child))
    return copy
  }
  const root = document.documentElement
  const html = root ? (plain ? root : compose(root)).outerHTML : ''
  const doctype = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : ''
  return { html: html.length > charsMax ? null : doctype + html, url: location.href }
}
