import { actions } from './actions.ts'
import { article } from './article.ts'
import { big } from './big.ts'
import { challenge } from './challenge.ts'
import { changes } from './changes.ts'
import { charset } from './charset.ts'
import { collection } from './collection.ts'
import { data } from './data.ts'
import { docs } from './docs.ts'
import { documents } from './documents.ts'
import { escape } from './escape.ts'
import { event } from './event.ts'
import { faq } from './faq.ts'
import { feed } from './feed.ts'
import { forum } from './forum.ts'
import { hostile } from './hostile.ts'
import { infinite } from './infinite.ts'
import { job } from './job.ts'
import { listing } from './listing.ts'
import { marketplace } from './marketplace.ts'
import type { LabPage } from './page.ts'
import { product } from './product.ts'
import { recipe } from './recipe.ts'
import { service } from './service.ts'
import { shell } from './shell.ts'
import { site } from './site/index.ts'
import { spa } from './spa.ts'
import { walls } from './walls.ts'

/** Every `<name>.lab.test`. */
export const pages: readonly LabPage[] = [
  article, product, docs, forum, listing, collection, service, recipe, event, job, faq,
  marketplace, site, big, feed, data, documents, charset, changes, spa, shell, infinite, actions, challenge, walls, hostile, escape,
]
