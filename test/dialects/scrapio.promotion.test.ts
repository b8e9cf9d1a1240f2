import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startTestApp } from '../harness.ts'
import { call } from './scrapio.client.ts'
import * as strict from './scrapio.strict.ts'

it('a fetch that became a job is finished by whoever comes after a server that stopped', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lyrebird-promotion-'))
  const settings = { labForLive: true, browser: 'off', dataDir } as const
  try {
    const first = await startTestApp(settings)
    const key = await first.key({ mode: 'live' })
    const reply = await call(first, key, '/v1/fetch', { json: { url: 'https://promoted.lab.test/delay?headers_ms=17000', output: ['markdown'], timeout_ms: 60_000 } })
    expect(reply.status).toBe(202)
    const { job_id: id } = strict.queuedReply.parse(await reply.json())
    await first.close()
    const second = await startTestApp(settings)
    try {
      for (;;) {
        const job = strict.jobStatus.parse(await (await call(second, key, `/v1/jobs/${id}`)).json())
        if (job.status === 'completed') break
        expect(['queued', 'running']).toContain(job.status)
        await new Promise((resolve) => { setTimeout(resolve, 100) })
      }
      const result = strict.jobResult.parse(await (await call(second, key, `/v1/jobs/${id}/result`)).json())
      expect(result.outputs?.markdown).toContain('slowly, a few bytes at a time')
      expect((await second.app.meter.credits(key.workspaceId)).used).toBe(1)
    } finally {
      await second.close()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}, 120_000)
