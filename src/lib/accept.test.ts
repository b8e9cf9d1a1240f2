import { describe, expect, it } from 'vitest'
import { accepts, preferred } from './accept.ts'

describe('accepts', () => {
  it.each([
    [null, true], ['', true], ['*/*', true], ['application/*', true], ['application/json;q=0.5', true], ['text/html, */*;q=0.1', true],
    ['text/html', false], ['application/json;q=0', false], ['application/json;q=0, */*', false],
  ])('%j: %s', (header, expected) => expect(accepts(header, ['application/json'])).toBe(expected))
})

describe('preferred', () => {
  const types = ['text/markdown', 'application/json', 'text/plain']
  it.each([
    [null, 'text/markdown'], ['*/*', 'text/markdown'], ['application/json', 'application/json'], ['text/plain, application/json;q=0.9', 'text/plain'],
    ['text/*;q=0.3, application/json;q=0.4', 'application/json'], ['image/png', undefined],
  ])('%j: %s', (header, expected) => expect(preferred(header, types)).toBe(expected))
})
