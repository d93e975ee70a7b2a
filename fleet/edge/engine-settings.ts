/** What IT's file says of an engine with a route shaped as one of OpenAI's, whatever it is asked: where it is, and who asks. */
import { z } from '#contract/schema.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** @param of the route where IT names no other; seconds for one answer */
export const engineFields = (of: { path: string; timeoutSeconds: number }) => ({
  /** of the engine, without the path of the route */
  url: z.url({ protocol: /^https?$/ }).refine((url) => {
    const { username, password, search, hash } = new URL(url);
    return `${username}${password}${search}${hash}` === '';
  }, 'no user, password, query or fragment: a log may keep an address'),
  path: z
    .string()
    .regex(/^\/[\w./~-]{0,200}$/, 'letters, digits and / . _ ~ - after a /')
    .default(of.path),
  model: z.string().min(1).max(200),
  /** sent as a bearer token; null: the engine asks for none */
  key: z
    .string()
    .regex(/^[!-~]{1,2000}$/, 'no space, no line end')
    .nullable()
    .default(null),
  /** from the question to the last byte of the answer */
  timeoutSeconds: z.number().int().min(1).max(600).default(of.timeoutSeconds),
  /** what people said or wrote crosses this network without TLS: IT says that it is the organisation's own */
  isOwnNetwork: z.boolean().default(false),
});

/** With `engineNetworkProblem`: encrypted, on this machine, or in a network that IT calls its own. */
export const isEngineNetworkAllowed = ({ url, isOwnNetwork }: { url: string; isOwnNetwork: boolean }): boolean =>
  isOwnNetwork || new URL(url).protocol === 'https:' || LOOPBACK.includes(new URL(url).hostname);
export const engineNetworkProblem = {
  path: ['url'],
  error: 'http is for this machine, or with isOwnNetwork for a network of your own',
};
