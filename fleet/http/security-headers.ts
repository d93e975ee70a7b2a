/**
 * What browsers are told to hold us to. Pages run their own scripts alone, speak to us and to the media nodes that are
 * registered, and are framed by nobody; camera and microphone are for the guest page.
 */
import { createHash } from 'node:crypto';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { pagePaths } from '#contract/http/page-paths.ts';

type Options = { secure: boolean; signalingOrigins: () => string[] };

export async function installSecurityHeaders(
  app: FastifyInstance,
  { secure, signalingOrigins }: Options,
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        // a page that is left says so to its node by HTTP; not every browser takes the socket's scheme for both
        connectSrc: [
          "'self'",
          () =>
            signalingOrigins()
              .flatMap((origin) => [origin, httpOf(origin)])
              .join(' '),
        ],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    strictTransportSecurity: secure ? { maxAge: 15_552_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onSend', async (request, reply) => {
    const forGuests = request.url.split('?')[0] === pagePaths.join;
    reply.header(
      'permissions-policy',
      `camera=(${forGuests ? 'self' : ''}), microphone=(${forGuests ? 'self' : ''}), display-capture=(${forGuests ? 'self' : ''}), geolocation=()`,
    );
  });
}

const httpOf = (socketOrigin: string): string => socketOrigin.replace(/^ws/, 'http');

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
