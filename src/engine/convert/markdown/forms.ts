import type { Element } from 'domhandler'
import { walk } from '../dom/walk.ts'

const controls = new Set(['input', 'select', 'textarea', 'button'])
const content = new Set(['h1', 'h2', 'article', 'main', 'table', 'pre'])
const panelChars = 400

/** A form that is only there to be filled in. Whole pages are wrapped in forms too; those are not. */
export const isControlPanel = (form: Element): boolean => {
  let fields = 0
  let chars = 0
  let holdsContent = false
  walk(form, {
    enter(element) {
      if (controls.has(element.name)) {
        if (element.attribs.type !== 'hidden') fields++
        return false
      }
      if (content.has(element.name)) holdsContent = true
      return element.name !== 'option'
    },
    leave: () => {},
    text: (data) => (chars += data.trim().length),
  })
  return fields > 0 && chars < panelChars && !holdsContent
}
