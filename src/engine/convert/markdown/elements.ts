/** How an element takes part in Markdown. */
export type Role =
  | 'skip' | 'inline' | 'block' | 'paragraph' | 'heading' | 'list' | 'item' | 'quote' | 'code' | 'pre' | 'table' | 'row' | 'cell'
  | 'strong' | 'emphasis' | 'strike' | 'tag' | 'quoted' | 'ruby' | 'link' | 'image' | 'break' | 'rule' | 'terms' | 'term' | 'definition'
  | 'summary' | 'frame' | 'media' | 'math' | 'script' | 'noscript' | 'button' | 'form' | 'input' | 'dialog' | 'caption'

const groups: Readonly<Partial<Record<Role, string>>> = {
  skip: 'style template title meta link base svg canvas object embed applet map area select textarea option optgroup datalist progress meter param source track frame frameset noframes noembed rp colgroup col',
  block: 'address article aside body center details div fieldset figure figcaption footer header hgroup html legend main nav search section',
  paragraph: 'p',
  heading: 'h1 h2 h3 h4 h5 h6',
  list: 'ul ol menu dir',
  item: 'li',
  quote: 'blockquote',
  code: 'code samp tt',
  pre: 'pre listing xmp plaintext',
  table: 'table',
  row: 'tr thead tbody tfoot',
  cell: 'td th',
  caption: 'caption',
  strong: 'b strong',
  emphasis: 'i em dfn var',
  strike: 'del s strike',
  tag: 'sub sup kbd mark ins',
  quoted: 'q',
  ruby: 'rt',
  link: 'a',
  image: 'img',
  break: 'br',
  rule: 'hr',
  terms: 'dl',
  term: 'dt',
  definition: 'dd',
  summary: 'summary',
  frame: 'iframe',
  media: 'video audio',
  math: 'math',
  script: 'script',
  noscript: 'noscript',
  button: 'button',
  form: 'form',
  input: 'input',
  dialog: 'dialog',
}

const roles = new Map<string, Role>()
for (const [role, names] of Object.entries(groups)) for (const name of names.split(' ')) roles.set(name, role as Role)

export const roleOf = (name: string): Role => roles.get(name) ?? 'inline'

/** Elements that end the line they stand in. */
export const blockRoles: ReadonlySet<Role> = new Set<Role>(['block', 'paragraph', 'heading', 'list', 'item', 'quote', 'pre', 'table', 'row', 'rule', 'terms', 'term', 'definition', 'summary', 'form'])
