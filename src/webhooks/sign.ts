import type { WebhookForm } from '../contract/webhooks.ts'
import { signedHeaders } from '../lib/standard-webhook.ts'

/** The form of Standard Webhooks; while a secret is being replaced, both sign. */
export const standardForm: WebhookForm = ({ id, type, at, data, secrets }) => {
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data })
  return { headers: signedHeaders(id, body, secrets), body }
}
