/** Routes of the model gateway: their clients are those of OpenAI and Anthropic, which read `error` and not `msg`. */
const gateway = /^\/v1\/(chat|messages|images|videos|research|grounded-generation)(\/|$)/

const types: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
}

/** Members that stand beside the envelope on gateway routes; nothing elsewhere. */
export const gatewayError = (status: number, message: string, path: string): object => {
  if (!gateway.test(path)) return {}
  const type = types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
  return path === '/v1/messages' ? { type: 'error', error: { type, message } } : { error: { message, type, param: null, code: status } }
}
