import { isOver, type JobRecord } from '../contract/jobs.ts'
import type { Jobs } from '../jobs/jobs.ts'

/** Jobs that other processes work on are looked at this often. */
const lookMs = 1_000

/** The job when it is over, or as it stands after so many ms. A caller who hangs up takes the job with him: nobody else knows its id. */
export const untilOver = async (jobs: Jobs, workspaceId: string, id: string, { ms, signal }: { ms: number; signal: AbortSignal }): Promise<JobRecord> => {
  const until = performance.now() + ms
  let wake = (): void => {}
  let changed = false
  const off = jobs.bus.onChange(() => {
    changed = true
    wake()
  })
  try {
    for (;;) {
      changed = false
      const job = await jobs.get(workspaceId, id)
      if (isOver(job.state)) return job
      if (signal.aborted) {
        await jobs.cancel(workspaceId, id)
        signal.throwIfAborted()
      }
      const leftMs = until - performance.now()
      if (leftMs <= 0) return job
      if (changed) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(lookMs, leftMs))
        wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        signal.addEventListener('abort', wake, { once: true })
      })
    }
  } finally {
    off()
  }
}
