/** Exceptions from "no inline script or style": by the hash of each text, for one answer. */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** Of what a page of ours carries inline: Vite's early script, the style of the documentation. */
export function inlineHashesOf(html: string, element: 'script' | 'style'): string[] {
  const inline = html.matchAll(new RegExp(`<${element}>([^]*?)</${element}>`, 'g'));
  return [...inline].map(([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`);
}

/** These inline texts and no others, for this one answer. */
export function allowInline(reply: FastifyReply, element: 'script' | 'style', hashes: string[]): void {
  if (hashes.length === 0) return;
  const policy = String(reply.getHeader('content-security-policy'));
  reply.header('content-security-policy', policy.replace(`${element}-src 'self'`, `$& ${hashes.join(' ')}`));
}
