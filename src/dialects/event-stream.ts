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

/** Server-sent events of what a generator yields. Ends with it, and ends it when the client is gone. */
export const eventStream = <E>(events: AsyncGenerator<E>, toFrame: (event: E) => Frame | Frame[] | undefined): ReadableStream<Uint8Array> => {
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

const frameText = ({ id, type, data }: Frame): string => `${id === '' ? '' : `id: ${id}\n`}${type === '' ? '' : `event: ${type}\n`}data: ${data === streamDone ? '[DONE]' : JSON.stringify(data)}\n\n`
