import { createHash } from 'node:crypto'

type Step = { text: string } | { value: unknown }

const flushChars = 65_536

/** SHA-256 of a value's canonical JSON: the same for every order of members. Free of recursion, since callers choose the depth. */
export const digestOf = (value: unknown): string => {
  const hash = createHash('sha256')
  let pending = ''
  const open: Step[] = [{ value }]
  for (let step = open.pop(); step; step = open.pop()) {
    if ('value' in step) pending += begin(step.value, open)
    else pending += step.text
    if (pending.length >= flushChars) {
      hash.update(pending)
      pending = ''
    }
  }
  return hash.update(pending).digest('hex')
}

/** The text that a value begins with; what follows it is put on the stack, last part first. */
const begin = (value: unknown, open: Step[]): string => {
  if (Array.isArray(value)) {
    open.push({ text: ']' })
    for (let i = value.length - 1; i >= 0; i--) open.push({ text: ',' }, { value: value[i] as unknown })
    return '['
  }
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value).toSorted()
    open.push({ text: '}' })
    for (let i = names.length - 1; i >= 0; i--) {
      const name = names[i] ?? ''
      const member = (value as Record<string, unknown>)[name]
      if (member !== undefined) open.push({ text: ',' }, { value: member }, { text: `${JSON.stringify(name)}:` })
    }
    return '{'
  }
  return JSON.stringify(value) ?? 'null'
}
