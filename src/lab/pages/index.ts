import { article } from './article.ts'
import { docs } from './docs.ts'
import { forum } from './forum.ts'
import { listing } from './listing.ts'
import type { LabPage } from './page.ts'
import { product } from './product.ts'
import { shell } from './shell.ts'
import { site } from './site/index.ts'

/** Every `<name>.lab.test`. */
export const pages: readonly LabPage[] = [article, product, docs, forum, listing, site, shell]
