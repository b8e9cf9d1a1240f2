import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'

const pageBytes = 4096
const processesMax = 500

/** Memory of a process and all below it that no other process shares; 0 where the system does not tell. */
export const residentBytes = async (pid: number): Promise<number> => {
  let bytes = 0
  const waiting = [pid]
  for (let seen = 0; waiting.length > 0 && seen < processesMax; seen++) {
    const one = waiting.pop()
    const [statm, children] = await Promise.all([text(`/proc/${one}/statm`), childrenOf(`/proc/${one}/task`)])
    const [, resident = 0, shared = 0] = statm.split(' ').map(Number)
    bytes += Math.max(0, resident - shared) * pageBytes
    waiting.push(...children)
  }
  return bytes
}

/** Of all threads: Chromium begins its children in one of their own. */
const childrenOf = async (tasks: string): Promise<number[]> => {
  const threads = await readdir(tasks).catch(() => [])
  const lists = await Promise.all(threads.map((thread) => text(`${tasks}/${thread}/children`)))
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

/** What this process may use, its control group's limits included. */
export const allowance = async (): Promise<{ bytes: number; cores: number }> => {
  const [memory, cpu] = await Promise.all([text('/sys/fs/cgroup/memory.max'), text('/sys/fs/cgroup/cpu.max')])
  const [quota = 'max', period = '100000'] = cpu.trim().split(' ')
  const limit = Number(memory.trim() || 'max')
  const share = Number(quota) / Number(period)
  return {
    bytes: Number.isFinite(limit) && limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    cores: Number.isFinite(share) && share > 0 ? Math.min(share, availableParallelism()) : availableParallelism(),
  }
}
