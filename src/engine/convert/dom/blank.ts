import type { ParentNode } from 'domhandler'
import { roleOf } from '../markdown/elements.ts'
import { walk } from './walk.ts'

const shown = new Set(['img', 'picture', 'video', 'audio', 'iframe', 'math', 'svg', 'canvas', 'hr'])

/** True where neither a word nor a picture is left. */
export const isBlankDocument = (root: ParentNode): boolean => {
  let blank = true
  walk(root, {
    enter(element) {
      if (shown.has(element.name)) blank = false
      return blank && element.type === 'tag' && roleOf(element.name) !== 'skip'
    },
    leave: () => {},
    text: (data) => {
      if (blank && data.trim() !== '') blank = false
    },
  })
  return blank
}
