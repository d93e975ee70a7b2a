/** Requests to a server that may be dead: what was not answered is unknown, and asked again by who needs to know. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetUnderTest, Json } from '../../../fleet/fleet-under-test.ts';

const AGAIN_AFTER_MS = 50;
const ANSWERED_WITHIN_MS = 10_000;

/** @returns the body of a 200; null: not answered, or refused because the server ends */
export async function asked(server: FleetUnderTest, method: string, path: string, body?: object): Promise<Json | null> {
  try {
    const answering = server.api(method, path, body, server.admin.cookie);
    answering.catch(() => {});
    const answer = await Promise.race([answering, sleep(ANSWERED_WITHIN_MS, null)]);
    if (answer === null) return null;
    if (answer.status === 200) return answer.body;
    if (answer.status >= 500) return null;
    throw new Refused(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  } catch (error) {
    if (error instanceof Refused) throw error;
    return null;
  }
}

/** Until it is answered: for what changes nothing. */
export async function read(server: FleetUnderTest, path: string, isWanted: () => boolean): Promise<Json | null> {
  while (isWanted()) {
    const body = await asked(server, 'GET', path);
    if (body !== null) return body;
    await sleep(AGAIN_AFTER_MS);
  }
  return null;
}

/** A living server's refusal: a problem of the test or of the server, never of the kill. */
export class Refused extends Error {}
