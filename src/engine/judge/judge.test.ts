import { describe, expect, it } from 'vitest'
import { convertDocument } from '../convert/convert-document.ts'
import { inputOf } from '../convert/testing.ts'
import { judgeCases } from './cases.ts'

describe('judge', () => {
  it.each(judgeCases.map((row) => [row.name, row] as const))('%s', async (_, row) => {
    const { verdict } = await convertDocument(inputOf(row.body, { status: row.status, headers: row.headers ?? [], contentType: row.contentType ?? 'text/html' }))
    expect(verdict).toMatchObject(row.verdict)
  })
})
