/** Who has to act: the class is the part of a code before its dot. */
export const failureClasses = ['caller', 'account', 'policy', 'target', 'content', 'platform'] as const
export type FailureClass = (typeof failureClasses)[number]

export type RetryAdvice = 'never' | 'later' | 'after_change'

export interface CatalogRow {
  /** HTTP status of the native dialect and the default of every other. */
  readonly status: number
  readonly retry: RetryAdvice
  /** `attempt`: a user can ask to pay for the attempt; everything else is never billed. */
  readonly bill: 'never' | 'attempt'
  readonly title: string
  /** Safe to show; `{name}` is filled from the failure's facts. */
  readonly message: string
  readonly meaning: string
  readonly fix: string
}

/** The whole taxonomy. Everything that speaks of failures reads this table; nothing restates it. */
export const catalog = {
  'caller.invalid_request': {
    status: 400, retry: 'after_change', bill: 'never',
    title: 'Invalid request',
    message: 'The request is not valid. See issues for the fields to correct.',
    meaning: 'A field is missing, malformed, out of range or unknown, or the body is not valid JSON.',
    fix: 'Correct every field named in `issues` and send the request again.',
  },
  'caller.payload_too_large': {
    status: 413, retry: 'after_change', bill: 'never',
    title: 'Payload too large',
    message: 'The request body is larger than the limit of {limitBytes} bytes.',
    meaning: 'The body of the request itself, not the page asked for, is over the size that this server reads.',
    fix: 'Send a smaller body: split a long list of URLs, or shorten inline content. The operator sets the limit with LYREBIRD_BODY_LIMIT_BYTES.',
  },
  'caller.unsupported_media_type': {
    status: 415, retry: 'after_change', bill: 'never',
    title: 'Unsupported media type',
    message: 'The request body must be JSON with the header Content-Type: application/json.',
    meaning: 'The body was sent with a content type that this route does not read.',
    fix: 'Send JSON and say so: `Content-Type: application/json`.',
  },
  'caller.not_acceptable': {
    status: 406, retry: 'after_change', bill: 'never',
    title: 'Not acceptable',
    message: 'None of the media types in the Accept header can be given. Available: {available}.',
    meaning: 'The Accept header rules out every representation that this route has.',
    fix: 'Ask for one of the available types, or leave the Accept header out.',
  },
  'caller.route_not_found': {
    status: 404, retry: 'after_change', bill: 'never',
    title: 'Route not found',
    message: 'There is no such route on this server.',
    meaning: 'The path is not one that this dialect serves.',
    fix: 'Compare the path with the API reference at /docs. A client of a hosted service needs the prefix of its dialect in the base URL.',
  },
  'caller.method_not_allowed': {
    status: 405, retry: 'after_change', bill: 'never',
    title: 'Method not allowed',
    message: 'This route does not answer that method. Allowed: {allow}.',
    meaning: 'The path exists, the HTTP method on it does not.',
    fix: 'Use one of the methods in the Allow header.',
  },
  'caller.not_found': {
    status: 404, retry: 'never', bill: 'never',
    title: 'Not found',
    message: 'There is no such {kind} in this workspace.',
    meaning: 'The id is well formed, but nothing in this workspace has it: it never existed, was deleted, or its retention has passed.',
    fix: 'Check the id, and that the key belongs to the workspace that made the resource.',
  },
  'caller.conflict': {
    status: 409, retry: 'after_change', bill: 'never',
    title: 'Conflict',
    message: 'This cannot be done while the resource is {state}.',
    meaning: 'The operation is not possible in the present state of the resource, such as cancelling a job that has ended.',
    fix: 'Read the resource first and act on its present state.',
  },
  'caller.job_not_ready': {
    status: 409, retry: 'later', bill: 'never',
    title: 'Job not ready',
    message: 'The job has not finished: it is {status}.',
    meaning: 'The result of a job was asked for before the job ended.',
    fix: 'Poll the state of the job, or follow its events, and ask for the result when it has ended.',
  },
  'caller.idempotency_conflict': {
    status: 409, retry: 'after_change', bill: 'never',
    title: 'Idempotency conflict',
    message: 'This idempotency key was used with another request body.',
    meaning: 'The same Idempotency-Key arrived with a different body within 24 hours.',
    fix: 'Use a new key for a new request; repeat the body exactly to get the stored reply.',
  },
  'caller.idempotency_in_progress': {
    status: 409, retry: 'later', bill: 'never',
    title: 'Request in progress',
    message: 'A request with this idempotency key is still running.',
    meaning: 'The first request with this Idempotency-Key has not been answered yet.',
    fix: 'Wait and repeat the request: it then gets the stored reply of the first.',
  },

  'account.missing_key': {
    status: 401, retry: 'after_change', bill: 'never',
    title: 'Missing API key',
    message: 'No API key was sent.',
    meaning: 'The request carries no credential in any of the places where this dialect looks for one.',
    fix: 'Send `Authorization: Bearer <key>` or `x-api-key: <key>`. `lyrebird keys create` makes a key.',
  },
  'account.invalid_key': {
    status: 401, retry: 'after_change', bill: 'never',
    title: 'Invalid API key',
    message: 'The API key is not known here.',
    meaning: 'A credential was sent, but no key of this server has it.',
    fix: 'Check for missing characters and for the right server. `lyrebird keys create` makes a new key.',
  },
  'account.revoked_key': {
    status: 401, retry: 'after_change', bill: 'never',
    title: 'Revoked API key',
    message: 'The API key has been revoked.',
    meaning: 'The key existed and was revoked by an administrator of the workspace.',
    fix: 'Use another key.',
  },
  'account.expired_key': {
    status: 401, retry: 'after_change', bill: 'never',
    title: 'Expired API key',
    message: 'The API key expired at {expiredAt}.',
    meaning: 'The key had an expiry date, and it has passed.',
    fix: 'Use another key, or make one with a later expiry.',
  },
  'account.scope_denied': {
    status: 403, retry: 'after_change', bill: 'never',
    title: 'Scope denied',
    message: 'The API key may not do this: it needs {needs}.',
    meaning: 'The key is valid, but its scopes or its mode do not cover the operation. A test key reaches only the built-in lab (*.lab.test, *.fail.test).',
    fix: 'Use a key that has what `needs` names.',
  },
  'account.insufficient_credits': {
    status: 402, retry: 'after_change', bill: 'never',
    title: 'Insufficient credits',
    message: 'The request needs {required} credits and {available} are available.',
    meaning: 'The balance of the workspace, or the credit limit of the key, does not cover the request.',
    fix: 'Top up, wait for the reset, or ask for less.',
  },
  'account.daily_cap_exceeded': {
    status: 429, retry: 'later', bill: 'never',
    title: 'Daily credit cap exceeded',
    message: 'The daily cap of {cap} credits is used up.',
    meaning: 'The key has a cap of credits per day, and the request would go over it.',
    fix: 'Wait for the reset at midnight UTC, or raise the cap.',
  },
  'account.rate_limited': {
    status: 429, retry: 'later', bill: 'never',
    title: 'Rate limited',
    message: 'More than {limit} requests in {windowSeconds} seconds with this key.',
    meaning: 'The key has used its requests per minute.',
    fix: 'Wait as long as Retry-After says. Send many URLs as one batch instead of many requests.',
  },
  'account.ip_rate_limited': {
    status: 429, retry: 'later', bill: 'never',
    title: 'Too many requests from this address',
    message: 'More than {limit} requests in {windowSeconds} seconds from this address.',
    meaning: 'The limit per client address, applied before the key is looked at, is used up.',
    fix: 'Wait as long as Retry-After says. Behind a reverse proxy, the operator has to name it in LYREBIRD_TRUSTED_PROXIES.',
  },
  'account.concurrency_limited': {
    status: 429, retry: 'later', bill: 'never',
    title: 'Concurrency limited',
    message: 'The key already has {running} requests running; its limit is {limit}.',
    meaning: 'Too many requests of this key are in flight at once. They are refused, not queued.',
    fix: 'Wait for one of the running requests to end.',
  },

  'policy.url_blocked': {
    status: 403, retry: 'never', bill: 'never',
    title: 'URL blocked',
    message: 'This server does not fetch that URL ({reason}).',
    meaning: 'The URL, an address that its name resolves to, or a redirect on the way leads to a place that the server never dials: private networks, loopback, cloud metadata, reserved names, other schemes or ports.',
    fix: 'Use a public http or https URL. The operator can open a named host or range with LYREBIRD_EGRESS_ALLOW.',
  },
  'policy.url_blocklisted': {
    status: 403, retry: 'never', bill: 'never',
    title: 'URL on the blocklist',
    message: 'The URL is on the blocklist of this key.',
    meaning: 'The administrator of the key has excluded this URL, host or prefix.',
    fix: 'Use another URL, or have the blocklist of the key changed.',
  },
  'policy.robots_disallowed': {
    status: 403, retry: 'never', bill: 'never',
    title: 'Disallowed by robots.txt',
    message: 'The robots.txt of the site disallows this URL.',
    meaning: 'The request asked to respect robots.txt, and the rule in `rule` excludes the URL.',
    fix: 'Leave the URL out, or ask without `respect_robots` where you may.',
  },

  'target.dns_failed': {
    status: 502, retry: 'after_change', bill: 'never',
    title: 'Host name not found',
    message: 'The host name of the URL could not be resolved.',
    meaning: 'The name does not exist, has no address, or its name servers do not answer.',
    fix: 'Check the spelling of the host. If it is right, try again later.',
  },
  'target.connection_refused': {
    status: 502, retry: 'later', bill: 'never',
    title: 'Connection refused',
    message: 'The target refused the connection.',
    meaning: 'The host exists, but nothing accepts connections on that port.',
    fix: 'Check the port; otherwise try again when the site is up.',
  },
  'target.connection_reset': {
    status: 502, retry: 'later', bill: 'never',
    title: 'Connection reset',
    message: 'The target closed the connection before the answer was complete.',
    meaning: 'The connection was made and then cut: by the site, or by something on the way.',
    fix: 'Try again. If it repeats, the site may refuse this kind of client.',
  },
  'target.unreachable': {
    status: 502, retry: 'later', bill: 'never',
    title: 'Target unreachable',
    message: 'The target could not be reached.',
    meaning: 'There is no route to the address of the target, or its answer was not valid HTTP.',
    fix: 'Try again later. If no site at all can be reached, the network of this server is at fault.',
  },
  'target.tls_invalid': {
    status: 502, retry: 'after_change', bill: 'never',
    title: 'TLS certificate not valid',
    message: 'The TLS certificate of the target is not valid ({reason}).',
    meaning: 'The site answers with a certificate that is expired, self-signed, for another name or from an unknown issuer, or no protocol version is shared.',
    fix: 'The owner of the site has to mend it. This server never fetches over a connection that it cannot verify.',
  },
  'target.timeout': {
    status: 504, retry: 'later', bill: 'never',
    title: 'Timed out',
    message: 'The request timed out after {afterMs} ms, while waiting for: {stage}.',
    meaning: 'The deadline of the request passed. `stage` says what was being waited for.',
    fix: 'Try again, with a longer `timeout_ms` if the site is slow.',
  },
  'target.too_many_redirects': {
    status: 502, retry: 'after_change', bill: 'never',
    title: 'Too many redirects',
    message: 'The target redirected {hops} times without arriving.',
    meaning: 'The site redirects in a circle, or further than this server follows.',
    fix: 'Use the final URL. Some sites redirect in a circle until a cookie is sent.',
  },
  'target.http_error': {
    status: 502, retry: 'after_change', bill: 'never',
    title: 'Target answered with an error',
    message: 'The target answered HTTP {status}.',
    meaning: 'The site was reached and answered with an error status, or with a page that says "not found" under a status of success.',
    fix: 'Check the URL for 4xx; try again later for 5xx.',
  },
  'target.blocked': {
    status: 502, retry: 'later', bill: 'never',
    title: 'Blocked by the target',
    message: 'The target refused this client ({vendor}).',
    meaning: 'The answer is a wall against automated clients, whatever its status says. `vendor` and `signal` tell which wall and how it was recognised.',
    fix: 'Try `render: "js"` or a proxy tier where configured, a slower pace, or ask the owner of the site for access.',
  },
  'target.rate_limited': {
    status: 502, retry: 'later', bill: 'never',
    title: 'Rate limited by the target',
    message: 'The target answered that it gets too many requests.',
    meaning: 'The site answered 429, or 503 with Retry-After.',
    fix: 'Wait as long as Retry-After says and slow down for this host.',
  },

  'content.unsupported_type': {
    status: 422, retry: 'never', bill: 'never',
    title: 'Unsupported content type',
    message: 'Content of type {contentType} cannot be converted.',
    meaning: 'The URL leads to a kind of file that this server does not convert.',
    fix: 'See GET /v1/capabilities for the types that it converts.',
  },
  'content.too_large': {
    status: 422, retry: 'never', bill: 'never',
    title: 'Content too large',
    message: 'The content is larger than the limit of {limitBytes} bytes.',
    meaning: 'The body of the page, counted after decompression, is over the limit. It was not read to its end.',
    fix: 'Ask for a smaller page. The operator sets the limit with LYREBIRD_FETCH_LIMIT_BYTES.',
  },
  'content.encrypted': {
    status: 422, retry: 'never', bill: 'never',
    title: 'Encrypted document',
    message: 'The document is encrypted and cannot be read without its password.',
    meaning: 'The file is a PDF, an office document or a book behind a password or a copy protection.',
    fix: 'Find a copy without protection. Passwords of documents are not taken.',
  },
  'content.empty': {
    status: 422, retry: 'after_change', bill: 'never',
    title: 'Empty page',
    message: 'The page has no content.',
    meaning: 'The answer has no body, or a shell that only JavaScript fills, or nothing was left after the selectors of the request, or the page has no such section.',
    fix: 'Try `render: "js"` for a page that needs JavaScript; check the selectors where any were sent, and the section (`formats: ["sections"]` lists them).',
  },
  'content.parse_failed': {
    status: 422, retry: 'never', bill: 'never',
    title: 'Content could not be parsed',
    message: 'The content could not be parsed.',
    meaning: 'The bytes are not what their content type says, or the conversion did not finish within its time budget.',
    fix: 'Look at the page in a browser. With `raw_html` alone it is returned unconverted.',
  },
  'content.render_failed': {
    status: 422, retry: 'later', bill: 'never',
    title: 'Rendering failed',
    message: 'The page could not be rendered in the browser.',
    meaning: 'The browser opened the page, and the page crashed it or never became ready.',
    fix: 'Try again, or without JavaScript: `render: "static"`.',
  },
  'content.action_failed': {
    status: 422, retry: 'after_change', bill: 'never',
    title: 'Action failed',
    message: 'Action {index} ({action}) failed: {reason}.',
    meaning: 'One of the requested page actions could not be done. The results of those before it are kept.',
    fix: 'Correct the action at `index`; most often its selector matches nothing, or not yet.',
  },
  'content.extraction_failed': {
    status: 422, retry: 'after_change', bill: 'never',
    title: 'Extraction failed',
    message: 'Nothing that was asked for could be extracted from the page.',
    meaning: 'Neither selectors nor structured data nor, where configured, a model found a usable value.',
    fix: 'Correct the selectors or the names in the schema; where the data needs reading, configure a model.',
  },
  'content.extraction_invalid': {
    status: 422, retry: 'after_change', bill: 'never',
    title: 'Extracted data does not match the schema',
    message: 'The extracted data does not match the schema. See violations.',
    meaning: 'Values were found, but together they violate the JSON Schema of the request.',
    fix: 'Relax the schema at the paths in `violations`, or make those fields optional.',
  },

  'platform.overloaded': {
    status: 503, retry: 'later', bill: 'never',
    title: 'Overloaded',
    message: 'The server has more work than it can take.',
    meaning: 'A bounded queue of this server is full.',
    fix: 'Try again after Retry-After. If it repeats, the operator has to add capacity.',
  },
  'platform.browser_unavailable': {
    status: 503, retry: 'later', bill: 'never',
    title: 'Browser unavailable',
    message: 'No browser is available on this server.',
    meaning: 'The request needs a browser, and none is installed or none could be started.',
    fix: 'Ask with `render: "static"`; the operator can run `lyrebird doctor`.',
  },
  'platform.proxy_unavailable': {
    status: 503, retry: 'later', bill: 'never',
    title: 'Proxy unavailable',
    message: 'No usable proxy is available for this request.',
    meaning: 'The request asked for a proxy tier, and none of its proxies is configured or works.',
    fix: 'Ask without a proxy; the operator can run `lyrebird doctor`.',
  },
  'platform.model_unavailable': {
    status: 503, retry: 'later', bill: 'never',
    title: 'Model unavailable',
    message: 'The configured model did not answer.',
    meaning: 'The model endpoint of this server failed, timed out or refused the call.',
    fix: 'Try again later, or extract with selectors or a schema alone.',
  },
  'platform.search_unavailable': {
    status: 503, retry: 'later', bill: 'never',
    title: 'Search unavailable',
    message: 'No search provider answered.',
    meaning: 'Every configured search provider failed or timed out.',
    fix: 'Try again later; the operator can run `lyrebird doctor`.',
  },
  'platform.not_configured': {
    status: 501, retry: 'after_change', bill: 'never',
    title: 'Not configured',
    message: 'This server is not configured for that: {setting} is not set.',
    meaning: 'The feature needs a setting that the operator has not made.',
    fix: 'The operator has to set what `setting` names; see the settings reference.',
  },
  'platform.shutting_down': {
    status: 503, retry: 'later', bill: 'never',
    title: 'Shutting down',
    message: 'The server is shutting down.',
    meaning: 'The process is stopping and takes no new work.',
    fix: 'Try again in a few seconds.',
  },
  'platform.internal': {
    status: 500, retry: 'later', bill: 'never',
    title: 'Internal error',
    message: 'An unexpected error occurred. Its id is {id}.',
    meaning: 'A fault of this server. The log of the operator has the details under the id.',
    fix: 'Try again. If it repeats, report the id to the operator.',
  },
} as const satisfies Record<`${FailureClass}.${string}`, CatalogRow>

export type FailureCode = keyof typeof catalog
export const failureCodes = Object.keys(catalog) as FailureCode[]

export const classOf = (code: FailureCode): FailureClass => code.slice(0, code.indexOf('.')) as FailureClass
export const rowOf = (code: FailureCode): CatalogRow => catalog[code]
export const isFailureCode = (value: unknown): value is FailureCode =>
  typeof value === 'string' && Object.hasOwn(catalog, value)
