import type { Attempt } from '../failure/evidence.ts'
import type { Deadline } from '../lib/deadline.ts'
import type { KeyMode } from './actor.ts'
import type { ProfileState } from './profiles.ts'
import type { PageView } from './agent.ts'
import type { Action, BrowserOptions, PdfOptions, ScreenshotOptions } from './intent.ts'

/** A page as the browser has it at one moment. */
export interface RenderedPage {
  html: string
  /** The final URL, after redirects and scripts. */
  url: string
  status: number
  headers: [string, string][]
}

export interface RawBlob {
  data: Uint8Array
  contentType: string
  width?: number
  height?: number
}

export interface RawActionResult {
  index: number
  type: string
  /** ISO 8601; when it began. */
  at: string
  ms: number
  value?: unknown
  screenshot?: RawBlob
}

/** What a driver may do with a page, and see of it. References hold until the next look. */
export interface Hands {
  observe(): Promise<PageView>
  /** Throws content.action_failed, as the next two for a reference that is none. */
  act(action: Action): Promise<void>
  textOf(ref: string): Promise<string>
  selectorOf(ref: string): string
}

export interface RenderOrder {
  url: string
  mode: KeyMode
  headers: Record<string, string>
  cookies: Record<string, string>
  options: BrowserOptions
  screenshot?: ScreenshotOptions
  pdf?: PdfOptions
  /** The id of a proxy's way out; unset: none. */
  way?: string
  /** Look at the styles that the page is shown with; `clear` takes layers that ask for consent out of the picture after that. */
  probe?: { clear: boolean }
  /** What the context begins with. */
  state?: ProfileState
  /** What it ends with is wanted. */
  keepsState?: boolean
  /** After the actions: works the page by itself. */
  drive?: (hands: Hands) => Promise<void>
  /** Most bytes of the final document. */
  bytesMax: number
  deadline: Deadline
  /** Milliseconds, from the first look, that this page is worth waiting for to change; 0 takes it. Asked again after each wait. */
  look(page: RenderedPage): Promise<number>
}

/** `probe` comes out of a stranger's page: nothing about its form is certain. */
export type RenderResult =
  | { kind: 'page'; page: RenderedPage; attempts: Attempt[]; warnings: string[]; screenshot?: RawBlob; pdf?: RawBlob; probe?: unknown; actions: RawActionResult[]; state?: ProfileState }
  /** The address answers with something that browsers download or show with a viewer. */
  | { kind: 'file'; attempts: Attempt[] }

/** Pages in a browser. Rejects with `Failure`; its evidence is what was tried. */
export interface Renderer {
  /** False where this machine is set to have none. */
  readonly available: boolean
  render(order: RenderOrder): Promise<RenderResult>
}
