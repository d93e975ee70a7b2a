/** The invite's exchange for a grant: from the inline script's head start the first time, by a request after that. */
import { OperationalError, UserError } from '#contract/error-codes.ts';
import { admissionApi, type EntryAnswer } from '#contract/http/admission-api.ts';
import { answerOf, NoServer } from '#contract/http/answer.ts';
import { callApi } from '#ui/http-client.ts';
import { type Early, startEarly } from './early.ts';

export type Entry = Extract<EntryAnswer, { kind: 'admitted' }>;

const ENTRY_TIMEOUT_MS = 8_000;

declare global {
  interface Window {
    maruEarly?: Early;
  }
}

/** Begun as soon as this module runs, where the inline script has not. */
const early: Early | null = location.hash.length > 1 ? (window.maruEarly ?? startEarly()) : null;
let headStart: Early['entry'] | null = early?.entry ?? null;

/** The socket that was opened ahead, once. */
export function takeEarlySocket(url: string): WebSocket | null {
  const { socket } = early ?? {};
  if (!socket || early === null) return null;
  early.socket = null;
  if (new URL(socket.url).href === new URL(url).href && socket.readyState <= WebSocket.OPEN) return socket;
  socket.close();
  return null;
}

/** @throws UserError with the server's code for the invite; OperationalError where it cannot be reached */
export async function enterAsGuest(endedCallId: string | null): Promise<Entry> {
  if (!early) throw new UserError('invite-invalid', 'the link has no invite');
  const { invite, entryId } = early;
  const ahead = headStart;
  headStart = null;
  try {
    if (ahead === null) {
      const body = { invite, entryId, ...(endedCallId && { endedCallId }) };
      return admittedBy(
        await callApi(admissionApi.enterAsGuest, { body, signal: AbortSignal.timeout(ENTRY_TIMEOUT_MS) }),
      );
    }
    const { status, body } = await ahead.catch((cause: unknown) => {
      throw new NoServer('internal', 'no answer from the server', { cause });
    });
    return admittedBy(answerOf(admissionApi.enterAsGuest, status, body));
  } catch (error) {
    if (error instanceof NoServer)
      throw new OperationalError('shutting-down', 'the server cannot be reached', { cause: error });
    throw error;
  }
}

/** @throws UserError not-admitted: this page cannot knock yet */
function admittedBy(answer: EntryAnswer): Entry {
  if (answer.kind !== 'admitted') throw new UserError('not-admitted');
  return answer;
}
