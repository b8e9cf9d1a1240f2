import { behave } from './behaviours/index.ts'
import { send, type Exchange } from './exchange.ts'
import { rowOf } from './failures.ts'
import { failureOfHost, labelOf } from './names.ts'
import { homePage, notFoundPage } from './pages/home.ts'
import { pages } from './pages/index.ts'

/** Answers one request. Never throws: a handler that fails has a client that went, or is a fault of the lab. */
export const answer = async (x: Exchange): Promise<void> => {
  try {
    await dispatch(x)
  } catch (err) {
    if (x.signal.aborted || x.res.headersSent) x.res.destroy()
    else send(x, `The lab failed: ${String(err)}\n`, { status: 500, type: 'text/plain; charset=utf-8' })
  }
}

const dispatch = async (x: Exchange): Promise<unknown> => {
  const failure = failureOfHost(x.host)
  if (failure) return rowOf(failure.code).answer(x, failure.variant)
  const label = labelOf(x.host, 'lab.test')
  // Sub-names share the page of their parent: blog.site.lab.test is part of the site.
  const name = label?.split('.').at(-1)
  const page = pages.find((candidate) => candidate.name === name)
  if (page && (await page.answer(x)) !== false) return undefined
  if ((await behave(x)) !== false) return undefined
  return x.path === '/' ? send(x, homePage(x)) : send(x, notFoundPage(x), { status: 404 })
}
