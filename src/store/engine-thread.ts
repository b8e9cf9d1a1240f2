import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import type { Answer, Call, EngineData } from './engine-messages.ts'

// The thread of the embedded engine: statements in, rows out, one after another.

const int8 = 20
const date = 1082
const parsers = { [int8]: Number, [date]: (value: string) => value }

// The default of 1 GB would keep as much log on disk, and make a start after a crash read it.
const startParams = [...PGlite.defaultStartParams, '-c', 'max_wal_size=128MB', '-c', 'min_wal_size=32MB']

const port = parentPort
if (!port) throw new Error('this file runs as a thread')
const { dataDir, template } = workerData as EngineData
const pglite = new PGlite({ ...(dataDir === undefined ? {} : { dataDir }), parsers, startParams, ...(template ? { loadDataDir: template } : {}) })

const answer = async (call: Call): Promise<Omit<Answer, 'id'>> => {
  if (call.kind === 'query') {
    const { rows, affectedRows } = await pglite.query<object>(call.sql, call.parameters)
    return { rows, ...(affectedRows === undefined ? {} : { affectedRows }) }
  }
  if (call.kind === 'open') await pglite.waitReady
  else if (call.kind === 'exec') await pglite.exec(call.sql)
  else if (call.kind === 'dump') return { dump: await pglite.dumpDataDir('none') }
  else await pglite.close()
  return {}
}

port.on('message', (call: Call) => {
  answer(call).then(
    (done) => port.postMessage({ id: call.id, ...done }),
    (err: unknown) => port.postMessage({ id: call.id, error: fieldsOf(err) }),
  )
})

/** What is told apart by: structured cloning would keep the message alone. */
const fieldsOf = (err: unknown): Record<string, unknown> => {
  if (!(err instanceof Error)) return { message: String(err) }
  const own = Object.entries(err).filter(([, value]) => typeof value === 'string' || typeof value === 'number')
  return { ...Object.fromEntries(own), name: err.name, message: err.message, stack: err.stack }
}
