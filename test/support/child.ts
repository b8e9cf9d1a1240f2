import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Child {
  pid: number
  /** The next line of standard output; rejects when the process ends without one. */
  line(): Promise<string>
  kill(signal: NodeJS.Signals): void
  /** Exit code, or the signal that ended it. */
  exited: Promise<number | NodeJS.Signals>
  stderr(): string
}

/** A real second process that runs a script of `test/support`. */
export const startChild = (script: string, args: string[]): Child => {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exited = new Promise<number | NodeJS.Signals>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? 1)))
  return {
    pid: child.pid ?? 0,
    async line() {
      const next = await lines.next()
      if (next.done) throw new Error(`${script} ended with ${await exited}: ${stderr}`)
      return next.value
    },
    kill: (signal) => void child.kill(signal),
    exited,
    stderr: () => stderr,
  }
}
