import assert from 'node:assert/strict'

export interface Frame {
  id: string | undefined
  event: string
  data: Record<string, unknown>
}

/** Frames of a stream until it ends, or until `enough`; split as the Python client splits. */
export const framesOf = async (reply: Response, enough: (frames: Frame[]) => boolean = () => false): Promise<Frame[]> => {
  assert.equal(reply.status, 200)
  assert.match(reply.headers.get('content-type') ?? '', /^text\/event-stream/)
  const frames: Frame[] = []
  let text = ''
  for await (const chunk of reply.body ?? []) {
    text += Buffer.from(chunk).toString()
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split(/\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/)
      text = text.slice(end + 2)
      for (const line of lines) assert.match(line, /^(:|id: |event: |data: )/)
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      const data = field('data')
      if (data !== undefined) frames.push({ id: field('id'), event: field('event') ?? '', data: JSON.parse(data) as Record<string, unknown> })
    }
    if (enough(frames)) break
  }
  return frames
}
