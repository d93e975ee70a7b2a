/** A file of IT with a secret in it, as JSON: what refuses it quotes nothing of it. */
import { readFileSync, statSync } from 'node:fs';
import { z } from '#contract/schema.ts';
import { StartRefused } from './start-refused.ts';

/** @throws StartRefused in words for IT: not there, readable by others, malformed */
export function readSecretSettings<S extends z.ZodType>(path: string, schema: S): z.output<S> {
  try {
    if ((statSync(path).mode & 0o077) !== 0)
      throw new StartRefused(`${path} holds a secret and is readable by others: chmod 600 ${path}`);
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    // a parser's own message quotes the file, and with it the secret
    const why =
      error instanceof z.ZodError ? z.prettifyError(error) : ((error as NodeJS.ErrnoException).code ?? 'not JSON');
    throw new StartRefused(`${path}: ${why}`);
  }
}
