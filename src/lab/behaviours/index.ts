import type { Exchange, Handler } from '../exchange.ts'
import { broken } from './broken.ts'
import { echo } from './echo.ts'
import { encoding } from './encoding.ts'
import { redirects } from './redirects.ts'
import { size } from './size.ts'
import { slow } from './slow.ts'
import { status } from './status.ts'

const all: Readonly<Record<string, Handler>> = { ...status, ...slow, ...redirects, ...broken, ...size, ...encoding, ...echo }

/** Every first path segment that misbehaves at any lab host. */
export const behaviourNames = Object.keys(all)

/** Does what the path says at any lab host: the first segment names the behaviour. */
export const behave = (x: Exchange): unknown => {
  const handler = all[x.path.split('/')[1] ?? '']
  return handler ? handler(x) : false
}
