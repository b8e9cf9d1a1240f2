/** The promise, or the signal's reason as soon as it aborts. What the promise does later is ignored. */
export const raced = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason)
    const settled = () => signal.removeEventListener('abort', abort)
    promise.then(resolve, reject).then(settled, settled)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms).unref() })
