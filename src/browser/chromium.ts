import { spawn } from 'node:child_process'
import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A Chromium on this machine, with what must be in its environment for it to start. */
export interface Chromium {
  path: string
  env: Record<string, string>
  bundled: boolean
}

/** `CHROME_PATH`'s, or the one inside the package, unpacked once per version and user. */
export const findChromium = (chromePath: string | undefined, folder: string | undefined): Promise<Chromium> =>
  chromePath === undefined ? bundled(folder) : Promise.resolve({ path: chromePath, env: {}, bundled: false })

const unpacked = new Map<string, Promise<Chromium>>()

const bundled = (folder = ''): Promise<Chromium> => {
  const known = unpacked.get(folder)
  if (known) return known
  const made = unpack(folder)
  unpacked.set(folder, made)
  made.catch(() => unpacked.delete(folder))
  return made
}

const unpack = async (folder: string): Promise<Chromium> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error(`no Chromium is bundled for ${process.platform}-${process.arch}`)
  const base = folder === '' ? await ownFolder() : folder
  await mkdir(base, { recursive: true, mode: 0o700 })
  const home = join(base, `chromium-${await packageVersion()}`)
  if (!(await isWhole(home))) await fill(base, home)
  return {
    path: join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: join(home, 'al2023', 'lib'), FONTCONFIG_FILE: join(home, 'lyrebird-fonts.conf') },
    bundled: true,
  }
}

const packageVersion = async (): Promise<string> => {
  const file = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'package.json')
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string }
  return version
}

/** A folder that no other user can have put a binary into. */
const ownFolder = async (): Promise<string> => {
  const places = [join(homedir(), '.cache', 'lyrebird'), join(tmpdir(), `lyrebird-${process.getuid?.() ?? 0}`)]
  for (const place of places) {
    try {
      await mkdir(place, { recursive: true, mode: 0o700 })
      const stat = await lstat(place)
      if (!stat.isDirectory() || stat.uid !== process.getuid?.()) continue
      if ((stat.mode & 0o022) !== 0) await chmod(place, 0o700)
      return place
    } catch {
      // Not writable: the next one.
    }
  }
  throw new Error(`neither ${places.join(' nor ')} can be written; set LYREBIRD_CHROMIUM_DIR`)
}

const wholeMark = 'unpacked'

const isWhole = (home: string): Promise<boolean> => lstat(join(home, wholeMark)).then((stat) => stat.isFile(), () => false)

/** Filled beside its place and renamed, so that a process that dies here, or two at once, leave nothing half done. */
const fill = async (base: string, home: string): Promise<void> => {
  const staging = join(base, `.unpacking-${process.pid}-${Date.now()}`)
  await mkdir(staging, { mode: 0o700 })
  try {
    await runUnpack(staging)
    await writeFile(join(staging, 'lyrebird-fonts.conf'), fontsConf(home))
    await writeFile(join(staging, wholeMark), '')
    await rm(home, { recursive: true, force: true }).catch(() => {})
    await rename(staging, home)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    if (!(await isWhole(home))) throw error
  }
}

const runUnpack = (into: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'unpack.ts')], { env: { TMPDIR: into, HOME: into }, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2000) })
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`the bundled Chromium could not be unpacked: ${said || `exit code ${code}`}`))))
  })

/** The package's own font beside whatever the machine has. */
const fontsConf = (home: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>${home}/fonts</dir>
  <cachedir>${home}/fonts-cache</cachedir>
</fontconfig>
`
