import type { Element } from 'domhandler'
import { hasClass, isElement, walk } from '../dom/walk.ts'
import { longestRun } from './escape.ts'

const named = /(?:^|\s)(?:(?:language|lang|highlight-(?:source|text)|highlight|prism|code|syntax|snippet|src)[-:_]|brush:\s*|sourceCode\s+)([A-Za-z][\w+#.-]{0,31})(?=\s|;|$)/
const plainName = /^[A-Za-z][\w+#.-]{0,31}$/
const known = new Set('bash sh shell zsh powershell console javascript js jsx typescript ts tsx python py ruby rb php java kotlin swift go golang rust c cpp csharp cs fsharp objc sql html xml css scss less json json5 yaml yml toml ini markdown md diff patch dockerfile makefile lua perl r scala haskell elixir erlang clojure dart graphql nginx vim matlab julia vue svelte groovy protobuf terraform hcl text plaintext'.split(' '))
const noLanguage = new Set(['none', 'default', 'auto', 'nohighlight', 'block', 'wrapper', 'container', 'box', 'example', 'toolbar', 'snippet', 'area', 'font', 'view', 'line', 'lines', 'inline', 'text-only', 'content', 'highlighter-rouge', 'rouge'])
const gutter = /(?:^|\s)(?:line-?numbers?|linenos?|linenodiv|gutter|blob-num|hljs-ln-numbers|line-numbers-rows|boring|rouge-gutter|code-?copy|copy-?(?:btn|button|code))(?=\s|$)/i

/** The language a block of code says it is in, from itself, its code element or the two wrappers around it. */
export const languageOf = (pre: Element): string => {
  const inner = pre.children.find((child) => isElement(child) && child.name === 'code') as Element | undefined
  const outer = [pre.parent, pre.parent?.parent].filter((node) => node !== null && node !== undefined && isElement(node)) as Element[]
  for (const element of [inner, pre, ...outer]) {
    const language = element ? ownLanguage(element, element === inner || element === pre) : ''
    if (language) return language
  }
  return ''
}

const ownLanguage = (element: Element, isCode: boolean): string => {
  const { attribs } = element
  for (const value of [attribs['data-lang'], attribs['data-language'], attribs['data-code-language'], isCode && element.name !== 'div' ? attribs.lang : undefined]) {
    if (value !== undefined && plainName.test(value) && !noLanguage.has(value.toLowerCase())) return value.toLowerCase()
  }
  const names = attribs.class
  if (!names || names.length > 2048) return ''
  const match = named.exec(names)?.[1]?.toLowerCase()
  if (match && !noLanguage.has(match)) return match
  if (!isCode && !/highlight|code|syntax/i.test(names)) return ''
  return names.split(/\s+/).find((name) => known.has(name)) ?? ''
}

/** Text of preformatted content: every space as it is, a newline for each `<br>` and each block, no line numbers. */
export const codeTextOf = (pre: Element): string => {
  const parts: string[] = []
  const newline = (): void => {
    const last = parts.at(-1)
    if (last !== undefined && !last.endsWith('\n')) parts.push('\n')
  }
  walk(pre, {
    enter(element) {
      if (element.name === 'br') parts.push('\n')
      if (dropped.has(element.name) || hasClass(element, gutter)) return false
      if (lineElements.has(element.name)) newline()
      return true
    },
    leave(element) {
      if (lineElements.has(element.name)) newline()
    },
    text(data) {
      if (data !== '') parts.push(data)
    },
  })
  return parts.join('').replaceAll('\r\n', '\n').replace(/[\u200b\ufeff]/g, '').replace(/\u00a0/g, ' ').replace(/^[ \t\n]*\n/, '').trimEnd()
}

const lineElements = new Set(['div', 'p', 'li', 'tr', 'table', 'pre', 'section', 'figure', 'ol', 'ul', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'])
const dropped = new Set(['button', 'script', 'style', 'svg', 'template', 'textarea', 'input', 'select'])

/** A fence longer than any run of backticks inside. */
export const fenced = (code: string, language: string): string => {
  const fence = '`'.repeat(Math.max(3, longestRun(code, '`') + 1))
  return `${fence}${language}\n${code}\n${fence}`
}

export const isGutter = (element: Element): boolean => hasClass(element, gutter)
