// Opens the embedded database in the folder given and keeps it until killed.
import { openStore } from '../../src/store/db.ts'

try {
  await openStore({ dataDir: process.argv[2] ?? '' })
  process.stdout.write('open\n')
  setInterval(() => {}, 60_000)
} catch (err) {
  process.stdout.write(`${err instanceof Error ? `${err.name}: ${err.message}` : String(err)}\n`)
}
