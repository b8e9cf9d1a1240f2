import type { Writer } from './writer.ts'

/** What to do on the way out of an element. */
export type Leave = () => void

export const stay: Leave = () => {}

/** A block of its own. */
export const blocked = (writer: Writer): Leave => {
  writer.break(2)
  return () => writer.break(2)
}

/** Lines that begin with `first` and `rest`; a plain block where that cannot be written. */
export const contained = (writer: Writer, first: string, rest: string): Leave => {
  writer.break(2)
  if (writer.layout !== 'block' || !writer.openContainer(first, rest)) return () => writer.break(2)
  return () => {
    writer.closeContainer()
    writer.break(2)
  }
}
