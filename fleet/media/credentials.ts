/** The node's identity as files: key.pem, cert.pem, ca.pem, nodeId, and the fleet's public keys as last received. */
import { readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Id } from '#contract/schema.ts';
import { FleetKeys } from '#contract/topics.ts';
import { writeDurably } from '#edge/durable-file.ts';

export type Credentials = { nodeId: string; key: string; cert: string; ca: string };

export async function readCredentials(directory: string): Promise<Credentials> {
  const [key, cert, ca, nodeId] = await Promise.all(
    ['key.pem', 'cert.pem', 'ca.pem', 'nodeId'].map((name) => readFile(join(directory, name), 'utf8')),
  );
  return { key: key!, cert: cert!, ca: ca!, nodeId: Id.parse(nodeId!.trim()) };
}

const keysPath = (directory: string): string => join(directory, 'fleet-keys.json');

/**
 * With them tokens are verified while the fleet is down. `heardAgoMs`: the file's age, which is how long ago the
 * fleet's last message came. null: none ever came, or the file is not readable.
 */
export async function readCachedKeys(directory: string): Promise<{ keys: FleetKeys; heardAgoMs: number } | null> {
  try {
    const keys = FleetKeys.parse(JSON.parse(await readFile(keysPath(directory), 'utf8')));
    return { keys, heardAgoMs: Math.max(0, Date.now() - (await stat(keysPath(directory))).mtimeMs) };
  } catch {
    return null;
  }
}

/** The fleet is still there. */
export async function touchKeys(directory: string): Promise<void> {
  await utimes(keysPath(directory), new Date(), new Date());
}

export async function cacheKeys(directory: string, keys: FleetKeys): Promise<void> {
  writeDurably(keysPath(directory), JSON.stringify(keys));
}
