import { Webhook } from 'standardwebhooks'
import type { WebhookForm } from '../contract/webhooks.ts'

/** The form of Standard Webhooks; while a secret is being replaced, both sign. */
export const standardForm: WebhookForm = ({ id, type, at, data, secrets }) => {
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data })
  const sentAt = new Date()
  const signature = secrets.map((secret) => keyOf(secret).sign(id, sentAt, body)).join(' ')
  return {
    headers: { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)), 'webhook-signature': signature },
    body,
  }
}

/** `whsec_` and base 64 is a key in the form of the standard; anything else is taken byte by byte. */
const keyOf = (secret: string): Webhook => (/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret) ? new Webhook(secret) : new Webhook(Buffer.from(secret), { format: 'raw' }))
