import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Cluster {
  url: string
  /** Stops it as a crash would, and starts it again on the same port. */
  crash(): Promise<void>
  drop(): Promise<void>
}

/** A PostgreSQL of one's own from Debian's package, which can be restarted without harm to anybody else. */
export const startCluster = async (): Promise<Cluster> => {
  const bin = newestBin()
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-cluster-'))
  const user = await serverUser()
  if (user) chownSync(folder, user.uid, user.gid)
  const port = await freePort()
  const data = join(folder, 'data')
  const call = (program: string, args: string[]) => run(join(bin, program), args, { ...user, cwd: folder, timeout: 60_000 })
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=on`
  await call('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust'])
  const start = () => call('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start'])
  await start()
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async crash() {
      await call('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop'])
      await start()
    },
    async drop() {
      await call('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop'])
      rmSync(folder, { recursive: true })
    },
  }
}

const newestBin = (): string => {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter((version) => existsSync(join(root, String(version), 'bin', 'initdb'))) : []
  if (versions.length === 0) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return join(root, String(Math.max(...versions)), 'bin')
}

/** PostgreSQL refuses to run as root. */
const serverUser = async (): Promise<{ uid: number; gid: number } | undefined> => {
  if (userInfo().uid !== 0) return undefined
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)))
  return { uid: uid ?? 0, gid: gid ?? 0 }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
