const pingMs = 15_000

interface Frame {
  /** Empty where nothing can be taken up behind it. */
  id: string
  /** Empty for contracts that know one kind of event only. */
  type: string
  data: unknown
}

/** What ends a stream in the form of OpenAI; it is not JSON. */
export const streamDone = Symbol('[DONE]')

/** Server-sent events of what a generator yields, and of `atEnd` behind them. Ends with it, and ends it when the client is gone. */
export const eventStream = <E>(events: AsyncGenerator<E>, toFrame: (event: E) => Frame | Frame[] | undefined, atEnd: () => Frame[] = () => []): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  let ping: NodeJS.Timeout | undefined
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(': open\n\n'))
      ping = setInterval(() => controller.enqueue(encoder.encode(': ping\n\n')), pingMs).unref()
    },
    async pull(controller) {
      try {
        const { value, done } = await events.next()
        if (done) {
          clearInterval(ping)
          controller.enqueue(encoder.encode(atEnd().map(frameText).join('')))
          return controller.close()
        }
        const made = toFrame(value)
        const frames = made === undefined ? [] : Array.isArray(made) ? made : [made]
        // An empty chunk asks to be pulled again.
        controller.enqueue(encoder.encode(frames.map(frameText).join('')))
      } catch (error) {
        clearInterval(ping)
        controller.error(error)
      }
    },
    cancel() {
      clearInterval(ping)
      // Not waited for: it comes to its end when what it looks at next does.
      void events.return(undefined)
    },
  })
}

const frameText = ({ id, type, data }: Frame): string => `${id === '' ? '' : `id: ${id}\n`}${type === '' ? '' : `event: ${type}\n`}data: ${data === streamDone ? '[DONE]' : oneLine(JSON.stringify(data))}\n\n`

/** Clients that split lines as Unicode has it (Python's do) would see several of these. */
const oneLine = (json: string): string => json.replace(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
