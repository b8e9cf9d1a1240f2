import { describe, expect, it } from 'vitest'
import { plainText } from './plain-text.ts'

describe('plainText', () => {
  it('keeps what Markdown says and drops how it is marked up', () => {
    const markdown = '# The **title** #\n\n> Read [the guide](https://a.example/x_(y) "Guide") and ![a kettle](k.png).\n\n---\n\n| A | B |\n|---|:-:|\n| 1 | *two* |\n\n- `code_one` and snake_case stay, 2 * 3 * 4 too\n- \\*not\\* marked, H<sub>2</sub>O[^1]'
    expect(plainText(markdown)).toBe('The title\n\nRead the guide and a kettle.\n\nA\tB\n1\ttwo\n\n- code_one and snake_case stay, 2 * 3 * 4 too\n- *not* marked, H2O')
  })

  it('leaves code as it stands', () => {
    expect(plainText('before\n\n```js\nconst a = b[0](c) // **x**\n# no title\n```\nafter')).toBe('before\n\nconst a = b[0](c) // **x**\n# no title\nafter')
  })

  it('is quick on text that is all marks', () => {
    const marks = '[*_`!('.repeat(20_000)
    const started = performance.now()
    plainText(marks)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
