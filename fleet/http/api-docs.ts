/** The OpenAPI description as a page for people: no scripts, nothing from elsewhere. */
import { htmlText } from './html-text.ts';
import type { OpenApi } from './openapi.ts';

type Operation = {
  operationId: string;
  summary: string;
  'x-access': string;
  requestBody?: object;
  responses: Record<string, object>;
};

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2230}' +
  'code,pre{font:13px/1.5 ui-monospace,monospace}pre{background:#f3f5f9;padding:1rem;overflow:auto;border-radius:8px}' +
  'summary{cursor:pointer;padding:.5rem 0;min-height:32px}b{display:inline-block;min-width:4.5rem}em{color:#5a6478}';

export function apiDocsPage({ paths }: OpenApi): string {
  const sections = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation as Operation)),
  );
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Maru fleet API</title>` +
    `<style>${STYLE}</style></head><body><main><h1>Maru fleet API</h1><p>Generated from the contract; as JSON: <a href="/api/openapi.json">openapi.json</a>.</p>` +
    `${sections.join('')}</main></body></html>`
  );
}

function section(
  method: string,
  path: string,
  { operationId, summary, 'x-access': access, requestBody, responses }: Operation,
): string {
  const details = { ...(requestBody && { request: requestBody }), response: responses['200'] };
  return (
    `<details><summary id="${htmlText(operationId)}"><b>${htmlText(method.toUpperCase())}</b><code>${htmlText(path)}</code> ${htmlText(summary)} <em>(${htmlText(access)})</em></summary>` +
    `<pre>${htmlText(JSON.stringify(details, null, 2))}</pre></details>`
  );
}
