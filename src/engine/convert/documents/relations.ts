import { resolvePart, type Archive } from './archive.ts'
import { childrenOf, rootOf } from './xml.ts'

export interface Relation {
  /** The last word of its type: `worksheet`, `hyperlink`. */
  type: string
  /** A part of the archive, or an address outside where `external`. */
  target: string
  external: boolean
}

/** What a part of an OPC package refers to, by id. */
export const relationsOf = (archive: Archive, part: string): Map<string, Relation> => {
  const slash = part.lastIndexOf('/') + 1
  const root = rootOf(archive.text(`${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`))
  return new Map(childrenOf(root, 'Relationship').map(({ attribs }) => {
    const external = attribs.TargetMode === 'External'
    const target = attribs.Target ?? ''
    return [attribs.Id ?? '', { type: attribs.Type?.split('/').at(-1) ?? '', target: external ? target : resolvePart(part, target), external }]
  }))
}

/** The part that the whole package is about. */
export const mainPartOf = (archive: Archive, usual: string): string =>
  [...relationsOf(archive, '').values()].find(({ type }) => type === 'officeDocument')?.target ?? usual
