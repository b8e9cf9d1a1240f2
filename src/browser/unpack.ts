// Runs as a process of its own with TMPDIR set to the folder to fill: the package unpacks to the temporary folder and nowhere else.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflate } from '@sparticuz/chromium'

const bin = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin')
const archives = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br', 'swiftshader.tar.br'].map((name) => join(bin, name))
const missing = archives.find((path) => !existsSync(path))
if (missing !== undefined) throw new Error(`${missing} is not there`)
await Promise.all(archives.map((path) => inflate(path)))
