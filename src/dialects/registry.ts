import type { Dialect } from './dialect.ts'
import { native } from './native/index.ts'
import { octen } from './octen/index.ts'
import { scrapegraphai } from './scrapegraphai/index.ts'
import { scrapio } from './scrapio/index.ts'

/** Every dialect of this server. A new one is a folder and a line here. */
export const dialects: readonly Dialect[] = [native, octen, scrapegraphai, scrapio]
