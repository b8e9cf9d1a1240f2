import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig, settings } from './config.ts'

const problem = (env: Record<string, string>): string => {
  try {
    readConfig({}, { env })
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  throw new Error('no problem')
}

describe('settings', () => {
  it('has valid defaults, and documentation for each row', () => {
    expect(readConfig({}, { env: {} })).toMatchObject({ host: '127.0.0.1', port: 8787, dataDir: './data', egressAllow: [] })
    for (const row of Object.values(settings)) expect(row.doc).toMatch(/\.$/)
  })

  it('goes options, environment, defaults of the command, defaults of the table', () => {
    const env = { LYREBIRD_PORT: '2', LYREBIRD_LOG_LEVEL: '' }
    expect(readConfig({ port: '1' }, { env }).port).toBe(1)
    expect(readConfig({}, { env, defaults: { port: '3', logLevel: 'silent' } })).toMatchObject({ port: 2, logLevel: 'silent' })
  })

  it('takes no address for links but a web address, and no user agent that HTTP cannot carry', () => {
    expect(problem({ LYREBIRD_PUBLIC_URL: 'javascript:alert(1)' })).toContain('LYREBIRD_PUBLIC_URL')
    expect(problem({ LYREBIRD_USER_AGENT: 'robot\u{1f600}' })).toContain('LYREBIRD_USER_AGENT')
  })

  it('names every bad setting at once, and never prints a secret', () => {
    const message = problem({ LYREBIRD_PORT: '99999', LYREBIRD_LOG_LEVEL: 'loud', LYREBIRD_BOOTSTRAP_KEY: 'too-short', DATABASE_URL: 'mysql://root:hunter2@h/db' })
    for (const name of ['LYREBIRD_PORT', 'LYREBIRD_LOG_LEVEL', 'LYREBIRD_BOOTSTRAP_KEY', 'DATABASE_URL']) expect(message).toContain(name)
    expect(message).not.toMatch(/too-short|hunter2/)
  })

  it('refuses unknown names with the nearest one, and minds nobody else’s', () => {
    expect(problem({ LYREBIRD_PROT: '1' })).toContain('LYREBIRD_PROT is not a setting. Did you mean LYREBIRD_PORT?')
    expect(readConfig({}, { env: { PATH: '/bin', EDITOR: 'ed' } }).port).toBe(8787)
  })
})
