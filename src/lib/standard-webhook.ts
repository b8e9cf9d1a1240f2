import { Webhook } from 'standardwebhooks'

/** The headers of Standard Webhooks for a body; while a secret is being replaced, both sign. */
export const signedHeaders = (id: string, body: string, secrets: readonly string[]): Record<string, string> => {
  const sentAt = new Date()
  const signature = secrets.map((secret) => keyOf(secret).sign(id, sentAt, body)).join(' ')
  return { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)), 'webhook-signature': signature }
}

/** `whsec_` and base 64 is a key in the form of the standard; anything else is taken byte by byte. */
const keyOf = (secret: string): Webhook => (/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret) ? new Webhook(secret) : new Webhook(Buffer.from(secret), { format: 'raw' }))
