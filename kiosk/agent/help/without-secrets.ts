/** Text of logs without what opens something: tokens, keys, passwords, codes in addresses. Logs hold none by rule; this is the second lock. */

const SECRETS: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[key]'],
  // a JWT, or a JWE
  [/\beyJ[\w-]{8,}(\.[\w-]*){1,4}/g, '[token]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 [secret]'],
  // of an API token of the fleet
  [/\bmaru_[\w-]{16,}/g, '[token]'],
  [
    /("?(?:password|passwd|secret|token|authorization|cookie|api[-_]?key|claimCode|pin)"?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s,;&}\]]+)/gi,
    '$1[secret]',
  ],
  // user and password of an address; the fragment that pairs
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, '$1[secret]@'],
  [/#(code|key|token|invite)=[^\s"'&]+/gi, '#$1=[secret]'],
  // 256 bits as base64url or hex, on their own; ids have their dashes
  [/(?<![\w-])(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[\w-]{43,}(?![\w-])/g, '[secret]'],
];

export const withoutSecrets = (text: string): string =>
  SECRETS.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text);
