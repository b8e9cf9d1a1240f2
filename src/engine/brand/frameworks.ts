import type { FrameworkHint } from '../../contract/brand.ts'
import type { Proof } from '../../contract/proof.ts'

interface Row {
  name: string
  kind: FrameworkHint['kind']
  /** Addresses of scripts and style sheets. */
  url?: RegExp
  /** Value of `<meta name="generator">`. */
  generator?: RegExp
  /** Beginning of the HTML or any part of it. */
  html?: RegExp
  /** Share of the page's classes that must fit, with the pattern. */
  classes?: { pattern: RegExp; least: number }
  globals?: readonly string[]
  variable?: RegExp
}

const rows: readonly Row[] = [
  { name: 'Tailwind CSS', kind: 'css', url: /tailwind/i, variable: /^--tw-/, classes: { pattern: /^(?:(?:sm|md|lg|xl|2xl|hover|focus|dark|group-hover):)*-?(?:flex|grid|hidden|block|inline-flex|items-center|justify-(?:between|center|start|end)|(?:p|px|py|pt|pb|pl|pr|m|mx|my|mt|mb|ml|mr|gap|space-[xy]|w|h|max-w|min-h|text|font|leading|tracking|rounded|shadow|z|top|left|inset|col-span|grid-cols|opacity|bg|border)-[\w./[\]#%-]+)$/, least: 0.35 } },
  { name: 'Bootstrap', kind: 'css', url: /\bbootstrap(?:[.-]|\/)/i, variable: /^--bs-/, globals: ['bootstrap'], classes: { pattern: /^(?:col-(?:xs|sm|md|lg|xl)-\d+|container-fluid|navbar-(?:brand|nav|toggler|collapse|expand-\w+)|btn-(?:primary|secondary|outline-\w+|default)|d-(?:flex|none|block)|offcanvas-\w+)$/, least: 0.01 } },
  { name: 'Bulma', kind: 'css', url: /\bbulma\b/i, variable: /^--bulma-/ },
  { name: 'Foundation', kind: 'css', url: /\bfoundation(?:\.min)?\.(?:css|js)/i, classes: { pattern: /^(?:small|medium|large)-\d{1,2}$/, least: 0.03 } },
  { name: 'UIkit', kind: 'css', url: /\buikit\b/i, classes: { pattern: /^uk-/, least: 0.1 } },
  { name: 'Material UI', kind: 'components', classes: { pattern: /^Mui[A-Z]/, least: 0.05 }, variable: /^--mui-/ },
  { name: 'Chakra UI', kind: 'components', classes: { pattern: /^chakra-/, least: 0.03 }, variable: /^--chakra-/ },
  { name: 'Ant Design', kind: 'components', classes: { pattern: /^ant-/, least: 0.05 } },
  { name: 'Mantine', kind: 'components', classes: { pattern: /^mantine-/, least: 0.05 }, variable: /^--mantine-/ },
  { name: 'Radix UI', kind: 'components', html: /\bid="radix-|data-radix-/ },
  { name: 'shadcn/ui', kind: 'components', variable: /^--(?:primary|accent|card|popover)-foreground$/ },
  { name: 'Headless UI', kind: 'components', html: /data-headlessui-state|id="headlessui-/ },
  { name: 'Vuetify', kind: 'components', classes: { pattern: /^v-(?:app|btn|container|row|col|card)/, least: 0.03 } },
  { name: 'styled-components', kind: 'css', html: /data-styled(?:-version)?=/ },
  { name: 'Emotion', kind: 'css', html: /data-emotion=/ },
  { name: 'Next.js', kind: 'script', html: /id="__NEXT_DATA__"|\/_next\/static\//, globals: ['__NEXT_DATA__'] },
  { name: 'Nuxt', kind: 'script', html: /id="__nuxt"|\/_nuxt\//, globals: ['__NUXT__'] },
  { name: 'Gatsby', kind: 'script', html: /id="___gatsby"/, generator: /Gatsby/i, globals: ['___gatsby'] },
  { name: 'Remix', kind: 'script', html: /__remixContext|__reactRouterContext/, globals: ['__remixContext'] },
  { name: 'SvelteKit', kind: 'script', html: /data-sveltekit|__sveltekit/, globals: ['__sveltekit'] },
  { name: 'Astro', kind: 'script', generator: /^Astro/i, html: /<astro-island|\/_astro\// },
  { name: 'React', kind: 'script', html: /data-reactroot|data-react-helmet/, globals: ['React'], url: /\breact(?:-dom)?(?:\.production)?(?:\.min)?\.js/i },
  { name: 'Vue.js', kind: 'script', html: /data-v-app|data-server-rendered="true"/, globals: ['Vue', '__VUE__'], url: /\bvue(?:\.global)?(?:\.prod)?(?:\.min)?\.js/i },
  { name: 'Angular', kind: 'script', html: /\bng-version=/, globals: ['ng'] },
  { name: 'Alpine.js', kind: 'script', html: /\sx-data=/, globals: ['Alpine'], url: /\balpine(?:js)?(?:\.min)?\.js|alpinejs@/i },
  { name: 'htmx', kind: 'script', html: /\shx-(?:get|post|boost)=/, globals: ['htmx'] },
  { name: 'jQuery', kind: 'script', url: /\bjquery(?:[.-]\d|\.min|\.slim|\/)/i, globals: ['jQuery'] },
  { name: 'WordPress', kind: 'cms', generator: /WordPress/i, url: /\/wp-(?:content|includes)\//i },
  { name: 'Elementor', kind: 'builder', generator: /Elementor/i, url: /\/plugins\/elementor/i },
  { name: 'Divi', kind: 'builder', url: /\/themes\/divi/i, generator: /^Divi/i },
  { name: 'Webflow', kind: 'builder', generator: /Webflow/i, html: /<html[^>]*\bdata-wf-(?:site|page)=/, globals: ['Webflow'] },
  { name: 'Framer', kind: 'builder', generator: /^Framer/i, url: /framerusercontent\.com/i },
  { name: 'Wix', kind: 'builder', generator: /Wix\.com/i, url: /static\.wixstatic\.com|parastorage\.com/i, globals: ['wixBiSession'] },
  { name: 'Squarespace', kind: 'builder', generator: /Squarespace/i, url: /static1\.squarespace\.com|assets\.squarespace\.com/i, globals: ['Squarespace'] },
  { name: 'Weebly', kind: 'builder', url: /editmysite\.com/i },
  { name: 'Duda', kind: 'builder', url: /cdn-website\.com|multiscreensite\.com/i },
  { name: 'HubSpot', kind: 'cms', generator: /HubSpot/i, url: /hs-scripts\.com|\/hubfs\/|hsforms\.net/i, globals: ['_hsq'] },
  { name: 'Drupal', kind: 'cms', generator: /Drupal/i, globals: ['Drupal'], url: /\/sites\/(?:default|all)\/(?:files|themes|modules)\//i },
  { name: 'Joomla', kind: 'cms', generator: /Joomla/i, globals: ['Joomla'] },
  { name: 'TYPO3', kind: 'cms', generator: /TYPO3/i, url: /typo3temp|typo3conf/i },
  { name: 'Ghost', kind: 'cms', generator: /^Ghost/i },
  { name: 'Sitecore', kind: 'cms', url: /\/-\/media\//i },
  { name: 'Adobe Experience Manager', kind: 'cms', url: /\/etc\.clientlibs\//i },
  { name: 'Contentful', kind: 'cms', url: /(?:images|assets|videos)\.ctfassets\.net/i },
  { name: 'Sanity', kind: 'cms', url: /cdn\.sanity\.io/i },
  { name: 'Hugo', kind: 'cms', generator: /^Hugo/i },
  { name: 'Jekyll', kind: 'cms', generator: /^Jekyll/i },
  { name: 'Docusaurus', kind: 'cms', generator: /^Docusaurus/i },
  { name: 'MediaWiki', kind: 'cms', generator: /^MediaWiki/i },
  { name: 'Shopify', kind: 'shop', url: /cdn\.shopify\.com|\/cdn\/shop\//i, globals: ['Shopify'] },
  { name: 'WooCommerce', kind: 'shop', generator: /WooCommerce/i, url: /\/plugins\/woocommerce\//i },
  { name: 'BigCommerce', kind: 'shop', url: /cdn\d*\.bigcommerce\.com/i, globals: ['BigCommerce'] },
  { name: 'PrestaShop', kind: 'shop', generator: /PrestaShop/i, globals: ['prestashop'] },
  { name: 'Magento', kind: 'shop', html: /data-mage-init|text\/x-magento-init/ },
]

export interface FrameworkMaterial {
  html: string
  urls: readonly string[]
  generators: readonly string[]
  classes: ReadonlyMap<string, number>
}

const htmlMax = 1_500_000

/** What the page itself shows of how it was made. */
export const frameworksIn = ({ html, urls, generators, classes }: FrameworkMaterial): FrameworkHint[] => {
  const start = html.slice(0, htmlMax)
  const total = [...classes.values()].reduce((sum, count) => sum + count, 0)
  return rows.flatMap(({ name, kind, ...row }) => {
    const evidence: Proof[] = []
    let unsure = 1
    const found = (strength: number, proof: Proof): void => {
      unsure *= 1 - strength
      evidence.push(proof)
    }
    const generator = row.generator && generators.find((value) => row.generator?.test(value))
    if (generator !== undefined) found(0.95, { source: 'meta', at: `generator: ${generator.slice(0, 80)}` })
    const url = row.url && urls.find((value) => row.url?.test(value))
    if (url !== undefined) found(0.75, { source: 'link', at: url.slice(0, 200) })
    const text = row.html?.exec(start)?.[0]
    if (text !== undefined) found(0.85, { source: 'element', at: text.slice(0, 80) })
    if (row.classes && total >= 20) {
      let fits = 0
      let kinds = 0
      for (const [one, count] of classes) if (one.length < 60 && row.classes.pattern.test(one)) { fits += count; kinds++ }
      if (kinds >= 4 && fits / total >= row.classes.least) found(Math.min(0.9, 0.55 + (fits / total) * 0.4), { source: 'element', at: `${Math.round((fits / total) * 100)} % of the classes` })
    }
    return evidence.length === 0 ? [] : [{ name, kind, confidence: Math.round((1 - unsure) * 100) / 100, evidence }]
  }).toSorted((a, b) => b.confidence - a.confidence)
}

/** What scripts and style sheets add to that once they run. */
export const withLive = (hints: readonly FrameworkHint[], globals: readonly string[], variables: Readonly<Record<string, string>>): FrameworkHint[] => {
  const byName = new Map(hints.map((hint) => [hint.name, { ...hint, evidence: [...hint.evidence] }]))
  const names = Object.keys(variables)
  for (const { name, kind, globals: own, variable } of rows) {
    const global = own?.find((one) => globals.includes(one))
    const property = variable && names.find((one) => variable.test(one))
    for (const [strength, proof] of [[global === undefined ? 0 : 0.8, { source: 'computed', at: `window.${global}` }], [property === undefined ? 0 : 0.6, { source: 'css_variable', at: property ?? '' }]] as const) {
      if (strength === 0) continue
      const known = byName.get(name) ?? { name, kind, confidence: 0, evidence: [] }
      known.confidence = Math.round((1 - (1 - known.confidence) * (1 - strength)) * 100) / 100
      known.evidence.push(proof)
      byName.set(name, known)
    }
  }
  return [...byName.values()].toSorted((a, b) => b.confidence - a.confidence)
}
