import { Command } from 'commander'
import { startLab } from '../lab/index.ts'

export const labCommand = (): Command =>
  new Command('lab')
    .description('Start the built-in site that misbehaves on demand, for programs of your own')
    .option('--port <number>', 'port to listen on; 0 takes any free one', '8788')
    .action(async (options: { port: string }) => {
      const lab = await startLab({ port: Number(options.port) })
      console.log(`The lab listens on 127.0.0.1:${lab.port}, http and https on the same port.
With a test key the server reaches it by name, with nothing to set up. From elsewhere:
  curl --resolve article.lab.test:${lab.port}:127.0.0.1 http://article.lab.test:${lab.port}/

Pages:
${lab.pages.map((page) => `  https://${page.name}.lab.test/`.padEnd(36) + page.title).join('\n')}

Failures (https://<name>.fail.test/):
${lab.failures.filter((row) => row.produced === 'lab').map((row) => `  ${row.host}`).join('\n')}`)
      await new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
      })
      await lab.close()
    })
