/** The database cannot be opened or used as asked. The message is complete and made for the terminal. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
