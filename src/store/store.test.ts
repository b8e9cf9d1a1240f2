import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends, command, createDatabase, servers, template } from '../../test/support/backends.ts'
import { openStore, type Store } from './db.ts'
import { openEmbedded } from './embedded.ts'
import { claimMeta, readMeta, writeMeta } from './meta.ts'
import { migrate, readMigrations } from './migrate.ts'
import { durableTables } from './tables.ts'

const transientTables = ['migrations', 'address_windows', 'rate_windows', 'rate_events', 'leases', 'job_hosts', 'sessions']

describe.each(backends)('store on $name', ({ name, open }) => {
  let store: Store
  let drop: () => Promise<void>

  beforeAll(async () => {
    ({ store, drop } = await open())
  })
  afterAll(() => drop())

  it('answers a ping and names its engine', async () => {
    await expect(store.ping()).resolves.toBeUndefined()
    expect(store.kind).toBe(name)
  })

  it('has every table either in exports or among the passing ones', async () => {
    const tables = (await store.db.introspection.getTables()).map((table) => table.name)
    expect(tables.toSorted()).toEqual([...durableTables, ...transientTables].toSorted())
  })

  it('gives numbers, instants, days, lists and bytes in the same form on every engine', async () => {
    const { rows } = await sql`select 9007199254740991::bigint as big, count(*) as counted, 1.5::float8 as real, '2026-02-03'::date as day,
      '2026-02-03T04:05:06.789Z'::timestamptz as instant, array['a','b']::text[] as list, '\\x00ff'::bytea as bytes, '{"a":[1]}'::json as json`.execute(store.db)
    const row = rows[0] as Record<string, unknown> & { bytes: Uint8Array }
    expect({ ...row, bytes: [...row.bytes] }).toEqual({
      big: 9007199254740991, counted: 1, real: 1.5, day: '2026-02-03', instant: new Date('2026-02-03T04:05:06.789Z'), list: ['a', 'b'], bytes: [0, 255], json: { a: [1] },
    })
  })

  it('keeps facts about the installation, and lets one process claim one', async () => {
    const now = new Date()
    expect(await readMeta(store.db, 'x')).toBeUndefined()
    expect(await Promise.all([claimMeta(store.db, 'x', 1, now), claimMeta(store.db, 'x', 2, now)])).toEqual(expect.arrayContaining([true, false]))
    await writeMeta(store.db, 'x', { a: 'text' }, now)
    expect(await readMeta(store.db, 'x')).toEqual({ a: 'text' })
  })

  it('undoes a transaction that throws', async () => {
    await expect(store.db.transaction().execute(async (trx) => {
      await writeMeta(trx, 'undone', 1, new Date())
      throw new Error('no')
    })).rejects.toThrow('no')
    expect(await readMeta(store.db, 'undone')).toBeUndefined()
  })

  it('closes twice without complaint', async () => {
    const other = await open()
    await Promise.all([other.store.close(), other.store.close()])
    await other.drop()
  })
})

describe('maintenance of the embedded database', () => {
  it('gives the space of deleted rows to new ones', async () => {
    const { store, drop } = await backends[0]!.open()
    const churn = async (): Promise<number> => {
      await sql`insert into documents select 'w', i::text, now(), now(), 1, 'plain', decode(repeat(md5(i::text), 20), 'hex') from generate_series(1, 3000) i`.execute(store.db)
      await sql`delete from documents`.execute(store.db)
      const { rows } = await sql<{ size: number }>`select pg_relation_size('documents') as size`.execute(store.db)
      return rows[0]?.size ?? 0
    }
    const once = await churn()
    await Promise.all([store.maintain(), store.maintain()])
    expect(await churn()).toBe(once)
    expect(await churn()).toBe(2 * once)
    const maintaining = store.maintain()
    await store.close()
    await maintaining
    await drop()
  })
})

describe('migrations', () => {
  it('are numbered without gaps', async () => {
    const numbers = (await readMigrations()).map((migration) => Number(migration.name.slice(0, 4)))
    expect(numbers).toEqual(numbers.map((_, i) => i + 1))
  })

  it('apply once, refuse a newer database, and leave nothing behind when one fails', async () => {
    const { script, close } = await openEmbedded('memory://', await template())
    const migrations = await readMigrations()
    expect(await migrate(script, migrations)).toEqual([])
    await expect(migrate(script, migrations.slice(0, 1))).rejects.toThrow(/written by a newer Lyrebird \(it has 0002-metering/)
    const broken = [...migrations, { name: '9998-good', sql: 'create table good (id int)' }, { name: '9999-bad', sql: 'create table bad (id nonsense)' }]
    await expect(migrate(script, broken)).rejects.toThrow(/nonsense/)
    expect((await script.query(`select to_regclass('good') as found`))).toEqual([{ found: null }])
    expect(await migrate(script, migrations)).toEqual([])
    await close()
  })
})

describe.each(servers)('store on PostgreSQL only', (server) => {
  it('lets processes start at once on an empty database', async () => {
    const { url, drop } = await createDatabase(server)
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore({ dataDir: '', databaseUrl: url })))
    const { rows } = await sql<{ n: number }>`select count(*) as n from migrations`.execute(stores[0]!.db)
    expect(rows[0]?.n).toBe((await readMigrations()).length)
    await Promise.all(stores.map((store) => store.close()))
    await drop()
  })

  it('ends a query that outlives its deadline', async () => {
    const { url, drop } = await createDatabase(server)
    const store = await openStore({ dataDir: '', databaseUrl: url, statementTimeoutMs: 100 })
    await expect(sql`select pg_sleep(30)`.execute(store.db)).rejects.toMatchObject({ code: '57014' })
    await store.ping()
    await store.close()
    await drop()
  })

  it('goes on with new connections after all were cut', async () => {
    const { url, drop } = await createDatabase(server)
    const store = await openStore({ dataDir: '', databaseUrl: url })
    await store.ping()
    const sleeping = sql`select pg_sleep(30)`.execute(store.db)
    const cut = expect(sleeping).rejects.toThrow()
    await command(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'`)
    await cut
    // Connections that were idle may be noticed only when used.
    await expect.poll(() => store.ping().then(() => true, () => false)).toBe(true)
    await store.close()
    await drop()
  })

  it('says in one line that a server is not there, without the password', async () => {
    const opening = openStore({ dataDir: '', databaseUrl: 'postgresql://someone:hunter2@127.0.0.1:1/nothing', startTimeoutMs: 0 })
    await expect(opening).rejects.toMatchObject({ name: 'StoreError', message: expect.stringMatching(/^The database nothing at 127\.0\.0\.1:1 \(DATABASE_URL\) cannot be reached: .*ECONNREFUSED.*\.$/) })
    await expect(opening).rejects.not.toThrow(/hunter2/)
  })

  it('says that a database does not exist', async () => {
    const url = new URL(server)
    url.pathname = '/lyrebird_no_such_database'
    await expect(openStore({ dataDir: '', databaseUrl: url.href })).rejects.toThrow(/cannot be reached: database "lyrebird_no_such_database" does not exist/)
  })
})
