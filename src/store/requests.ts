import type { Page, RequestRecord } from '../contract/usage.ts'
import type { HistoryQuery } from '../contract/verbs.ts'
import type { Database } from './db.ts'
import type { RequestRow } from './tables.ts'

interface Detail {
  intent: unknown
  failure: RequestRecord['failure']
  evidence: RequestRecord['evidence']
  timings: RequestRecord['timings']
}

/** The form that `record_request` of the database reads. */
export const toRequestJson = (record: RequestRecord): string => {
  const detail: Detail = { intent: record.intent, failure: record.failure, evidence: record.evidence, timings: record.timings }
  const json = JSON.stringify({
    id: record.id, shown_id: record.requestId, at: record.at, dialect: record.dialect, method: record.method, path: record.path, verb: record.verb,
    key_id: record.keyId, key_name: record.keyName, mode: record.mode, status: record.status, credits: record.credits,
    duration_ms: record.durationMs, url: record.url, failure_code: record.failure?.code ?? null, detail,
  })
  // PostgreSQL's text holds everything but NUL, and its JSON refuses half a surrogate pair.
  return json.replaceAll('\\u0000', '\\ufffd').replace(/\\ud[89a-f][0-9a-f]{2}/g, '\\ufffd')
}

/** Newest first. */
export const listRequests = async (db: Database, workspaceId: string, query: HistoryQuery): Promise<Page<RequestRecord>> => {
  const before = query.cursor === undefined ? undefined : readCursor(query.cursor)
  if (query.cursor !== undefined && before === undefined) return { items: [], nextCursor: null }
  let select = db.selectFrom('requests').where('workspace_id', '=', workspaceId)
  if (query.dialect !== undefined) select = select.where('dialect', '=', query.dialect)
  if (query.verb !== undefined) select = select.where('verb', '=', query.verb)
  if (query.failed !== undefined) select = select.where('failure_code', query.failed ? 'is not' : 'is', null)
  let page = select.selectAll().orderBy('seq', 'desc').limit(query.limit + 1)
  if (before !== undefined) page = page.where('seq', '<', before)
  if (query.skip !== undefined) page = page.offset(query.skip)
  const rows = await page.execute()
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined
  const counted = query.counted ? await select.select((count) => count.fn.countAll().as('total')).executeTakeFirstOrThrow() : undefined
  return {
    items: rows.slice(0, query.limit).map(toRecord),
    nextCursor: last ? String(last.seq) : null,
    ...(counted ? { total: Number(counted.total) } : {}),
  }
}

/** By its own id or by the one shown, which a caller may have used twice: the newest is meant. */
export const getRequest = async (db: Database, workspaceId: string, id: string): Promise<RequestRecord | undefined> => {
  const row = await db.selectFrom('requests').selectAll()
    .where('workspace_id', '=', workspaceId).where((where) => where.or([where('id', '=', id), where('shown_id', '=', id)])).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row && toRecord(row)
}

const readCursor = (cursor: string): number | undefined => (/^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined)

const toRecord = (row: { [K in keyof RequestRow]: K extends 'seq' ? number : RequestRow[K] }): RequestRecord => {
  // Safe: `toRequestJson` wrote it.
  const detail = row.detail as Detail
  return {
    id: row.id, requestId: row.shown_id, at: row.at.toISOString(), dialect: row.dialect, method: row.method, path: row.path, verb: row.verb,
    keyId: row.key_id, keyName: row.key_name, mode: row.mode, status: row.status, credits: row.credits,
    durationMs: row.duration_ms, url: row.url, ...detail,
  }
}
