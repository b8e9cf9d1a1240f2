import type { Dialect } from './dialect.ts'
import { native } from './native/index.ts'
import { octen } from './octen/index.ts'
import { prefetch } from './prefetch/index.ts'
import { reader } from './reader/index.ts'
import { scrapegraphai } from './scrapegraphai/index.ts'
import { scrapio } from './scrapio/index.ts'

/** Every dialect of this server. A new one is a folder and a line here. */
export const dialects: readonly Dialect[] = [native, octen, prefetch, reader, scrapegraphai, scrapio]
