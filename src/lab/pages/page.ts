import { send, type Exchange, type Handler } from '../exchange.ts'
import { sendImage } from '../images.ts'

/** A host `<name>.lab.test`. */
export interface LabPage {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Answers, or returns false for paths that are not its own. */
  readonly answer: Handler
}

export type Render = (x: Exchange) => string

/** A page with fixed paths; anything else, images apart, is for the behaviours of any host. */
export const pageOf = (about: Omit<LabPage, 'answer'>, paths: Readonly<Record<string, Render | Handler>>): LabPage => ({
  ...about,
  answer: async (x) => {
    const path = paths[x.path]
    if (!path) return sendImage(x)
    const made = await path(x)
    return typeof made === 'string' ? send(x, made) : made
  },
})
