import { expect, it } from 'vitest'
import { launch } from './launch.ts'
import { residentBytes } from './memory.ts'

it('counts what pages use, which is in processes that threads of the browser began', async () => {
  const { browser, pid = 0 } = await launch({ chromePath: undefined, folder: undefined, cdpUrl: undefined, trustedKeys: [] })
  try {
    const page = await browser.newPage()
    const before = await residentBytes(pid)
    await page.evaluate('globalThis.kept = new Uint8Array(1e8).fill(1); 0')
    expect(await residentBytes(pid) - before).toBeGreaterThan(9e7)
  } finally {
    await browser.close()
  }
})
