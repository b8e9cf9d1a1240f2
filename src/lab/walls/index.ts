import { send, type Exchange } from '../exchange.ts'
import { akamai } from './akamai.ts'
import { amazon } from './amazon.ts'
import { awswaf } from './awswaf.ts'
import { captcha } from './captcha.ts'
import { cloudflare, cloudflareBlock } from './cloudflare.ts'
import { datadome } from './datadome.ts'
import { imperva } from './imperva.ts'
import { kasada } from './kasada.ts'
import { perimeterx } from './perimeterx.ts'
import type { Wall } from './wall.ts'

/** Walls by the name of their path and of their `target-blocked-<name>` host. */
export const walls: Readonly<Record<string, Wall>> = {
  cloudflare,
  'cloudflare-block': cloudflareBlock,
  akamai, datadome, perimeterx, imperva, awswaf, amazon, kasada, captcha,
}

/** Answers as the wall does, byte for byte our own making, with the marks that the real one has. */
export const sendWall = (x: Exchange, name: string): void => {
  const wall = walls[name] ?? cloudflare
  const { status, headers, body } = wall.reply(x)
  send(x, body, { status, headers })
}
