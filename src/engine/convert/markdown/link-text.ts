import { destination, titleOf } from './escape.ts'

interface Piece {
  open: number
  close: number
  heading: boolean
}

/** The text of one link among the chunks of the output. Blocks inside the link break it into pieces, one of which becomes the link. */
export class LinkText {
  readonly #url: string
  readonly #title: string
  readonly #pieces: Piece[] = []
  #settled = false

  constructor(url: string, title: string) {
    this.#url = url
    this.#title = title
  }

  /** Ends a piece that began at `open`, where a chunk was left empty for its bracket. */
  add(chunks: string[], open: number, heading: boolean): void {
    this.#pieces.push({ open, close: chunks.length, heading })
    chunks.push('')
  }

  /** A link around several blocks goes to its heading, or to its first words. */
  settle(chunks: string[], inCell: boolean): void {
    const piece = this.#pieces.find((candidate) => candidate.heading) ?? this.#pieces[0]
    if (this.#settled || !piece) return
    this.#settled = true
    const title = titleOf(this.#title)
    chunks[piece.open] = '['
    chunks[piece.close] = `](${destination(this.#url)}${inCell ? title.replaceAll('|', '\\|') : title})`
  }
}
