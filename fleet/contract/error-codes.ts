/**
 * Every error that crosses a wire, in one table: whose fault it is, its HTTP status and its WebSocket close code.
 * `message` is for logs, in English; what people read is looked up by `code` in the words of the page that shows it.
 */
import { openWord } from './open-words.ts';
import { z } from './schema.ts';

type Kind = 'protocol' | 'user' | 'invalid-state' | 'operational';
type Entry = { kind: Kind; httpStatus: number; closeCode: number };

const table = {
  // the peer broke the contract
  'bad-message': { kind: 'protocol', httpStatus: 400, closeCode: 4400 },
  'too-large': { kind: 'protocol', httpStatus: 413, closeCode: 1009 },
  'unknown-command': { kind: 'protocol', httpStatus: 400, closeCode: 4401 },
  'hello-expected': { kind: 'protocol', httpStatus: 400, closeCode: 4402 },
  'client-too-old': { kind: 'protocol', httpStatus: 426, closeCode: 4426 },
  'server-too-old': { kind: 'protocol', httpStatus: 426, closeCode: 4427 },
  'wrong-room': { kind: 'protocol', httpStatus: 403, closeCode: 4403 },
  'second-writer': { kind: 'protocol', httpStatus: 409, closeCode: 4409 },
  'calendar-malformed': { kind: 'protocol', httpStatus: 502, closeCode: 4405 },
  'calendar-too-large': { kind: 'protocol', httpStatus: 502, closeCode: 4406 },
  'device-malformed': { kind: 'protocol', httpStatus: 502, closeCode: 4407 },
  'not-found': { kind: 'protocol', httpStatus: 404, closeCode: 4404 },
  // the person can do something about it
  'pairing-code-invalid': { kind: 'user', httpStatus: 403, closeCode: 4410 },
  'invite-invalid': { kind: 'user', httpStatus: 403, closeCode: 4411 },
  'invite-expired': { kind: 'user', httpStatus: 403, closeCode: 4412 },
  'token-invalid': { kind: 'user', httpStatus: 401, closeCode: 4413 },
  'token-expired': { kind: 'user', httpStatus: 401, closeCode: 4414 },
  'token-used': { kind: 'user', httpStatus: 401, closeCode: 4415 },
  'credentials-invalid': { kind: 'user', httpStatus: 401, closeCode: 4416 },
  'password-too-weak': { kind: 'user', httpStatus: 422, closeCode: 4417 },
  'not-signed-in': { kind: 'user', httpStatus: 401, closeCode: 4418 },
  forbidden: { kind: 'user', httpStatus: 403, closeCode: 4419 },
  'too-many-attempts': { kind: 'user', httpStatus: 429, closeCode: 4429 },
  'claim-code-invalid': { kind: 'user', httpStatus: 403, closeCode: 4420 },
  'enrolment-ended': { kind: 'user', httpStatus: 403, closeCode: 4453 },
  'not-enrolled': { kind: 'user', httpStatus: 403, closeCode: 4454 },
  'pairing-revoked': { kind: 'user', httpStatus: 403, closeCode: 4421 },
  'removed-from-call': { kind: 'user', httpStatus: 403, closeCode: 4422 },
  'calendar-refused': { kind: 'user', httpStatus: 403, closeCode: 4424 },
  'booking-unknown': { kind: 'user', httpStatus: 404, closeCode: 4425 },
  'booking-conflict': { kind: 'user', httpStatus: 409, closeCode: 4428 },
  'invite-closed': { kind: 'user', httpStatus: 403, closeCode: 4452 },
  'device-unknown': { kind: 'user', httpStatus: 404, closeCode: 4450 },
  'device-unsupported': { kind: 'user', httpStatus: 422, closeCode: 4451 },
  'setting-invalid': { kind: 'user', httpStatus: 422, closeCode: 4460 },
  'setting-missing': { kind: 'user', httpStatus: 422, closeCode: 4461 },
  'setting-file-invalid': { kind: 'user', httpStatus: 422, closeCode: 4462 },
  'document-encrypted': { kind: 'user', httpStatus: 422, closeCode: 4470 },
  'document-broken': { kind: 'user', httpStatus: 422, closeCode: 4471 },
  'document-empty': { kind: 'user', httpStatus: 422, closeCode: 4472 },
  'document-too-long': { kind: 'user', httpStatus: 422, closeCode: 4473 },
  'document-too-large': { kind: 'user', httpStatus: 413, closeCode: 4474 },
  'document-type-unsupported': { kind: 'user', httpStatus: 415, closeCode: 4475 },
  'document-took-too-long': { kind: 'user', httpStatus: 422, closeCode: 4476 },
  'picture-too-large': { kind: 'user', httpStatus: 422, closeCode: 4477 },
  'picture-unreadable': { kind: 'user', httpStatus: 422, closeCode: 4530 },
  'notes-too-large': { kind: 'user', httpStatus: 413, closeCode: 4560 },
  'quota-exceeded': { kind: 'user', httpStatus: 413, closeCode: 4478 },
  'sign-in-not-fresh': { kind: 'user', httpStatus: 401, closeCode: 4483 },
  'account-disabled': { kind: 'user', httpStatus: 403, closeCode: 4484 },
  'user-name-taken': { kind: 'user', httpStatus: 409, closeCode: 4485 },
  'last-administrator': { kind: 'user', httpStatus: 409, closeCode: 4486 },
  'address-not-allowed': { kind: 'user', httpStatus: 403, closeCode: 4487 },
  'call-locked': { kind: 'user', httpStatus: 403, closeCode: 4488 },
  'presence-needed': { kind: 'user', httpStatus: 403, closeCode: 4489 },
  'stays-muted': { kind: 'user', httpStatus: 403, closeCode: 4490 },
  'not-admitted': { kind: 'user', httpStatus: 403, closeCode: 4491 },
  'guests-not-allowed': { kind: 'user', httpStatus: 403, closeCode: 4492 },
  'openid-refused': { kind: 'user', httpStatus: 401, closeCode: 4493 },
  'place-name-taken': { kind: 'user', httpStatus: 409, closeCode: 4497 },
  'place-not-empty': { kind: 'user', httpStatus: 409, closeCode: 4498 },
  'list-unreadable': { kind: 'user', httpStatus: 422, closeCode: 4499 },
  'mail-limit': { kind: 'user', httpStatus: 429, closeCode: 4494 },
  'meeting-in-past': { kind: 'user', httpStatus: 422, closeCode: 4500 },
  'broadcasting-not-allowed': { kind: 'user', httpStatus: 403, closeCode: 4502 },
  'recording-not-allowed': { kind: 'user', httpStatus: 403, closeCode: 4503 },
  'secret-unreadable': { kind: 'user', httpStatus: 422, closeCode: 4463 },
  'setting-locked': { kind: 'user', httpStatus: 409, closeCode: 4508 },
  'target-not-allowed': { kind: 'user', httpStatus: 422, closeCode: 4509 },
  'seeing-not-allowed': { kind: 'user', httpStatus: 403, closeCode: 4510 },
  /** guests are shown nothing of this meeting afterwards */
  'record-not-for-guests': { kind: 'user', httpStatus: 403, closeCode: 4570 },
  /** the days are over in which guests could read it */
  'guest-record-over': { kind: 'user', httpStatus: 410, closeCode: 4571 },
  // asked at the wrong time
  'room-has-kiosk': { kind: 'invalid-state', httpStatus: 409, closeCode: 4511 },
  'room-in-call': { kind: 'invalid-state', httpStatus: 409, closeCode: 4512 },
  'picture-in-use': { kind: 'invalid-state', httpStatus: 409, closeCode: 4513 },
  'meeting-changed': { kind: 'invalid-state', httpStatus: 409, closeCode: 4501 },
  'account-forgotten': { kind: 'invalid-state', httpStatus: 409, closeCode: 4572 },
  'settings-changed': { kind: 'invalid-state', httpStatus: 409, closeCode: 4464 },
  'upload-offset': { kind: 'invalid-state', httpStatus: 409, closeCode: 4479 },
  'not-ready': { kind: 'invalid-state', httpStatus: 409, closeCode: 4480 },
  'outsider-in-call': { kind: 'invalid-state', httpStatus: 409, closeCode: 4482 },
  'not-possible-now': { kind: 'invalid-state', httpStatus: 409, closeCode: 4430 },
  'call-ended': { kind: 'invalid-state', httpStatus: 410, closeCode: 4431 },
  'call-full': { kind: 'invalid-state', httpStatus: 409, closeCode: 4432 },
  'peer-unknown': { kind: 'invalid-state', httpStatus: 410, closeCode: 4433 },
  replaced: { kind: 'invalid-state', httpStatus: 409, closeCode: 4434 },
  'command-expired': { kind: 'invalid-state', httpStatus: 409, closeCode: 4435 },
  'seats-taken': { kind: 'invalid-state', httpStatus: 409, closeCode: 4436 },
  'joined-elsewhere': { kind: 'invalid-state', httpStatus: 409, closeCode: 4437 },
  'poll-ended': { kind: 'invalid-state', httpStatus: 409, closeCode: 4540 },
  'call-moved': { kind: 'invalid-state', httpStatus: 410, closeCode: 4438 },
  // try again
  'call-unreachable': { kind: 'operational', httpStatus: 503, closeCode: 4448 },
  'waits-to-be-let-in': { kind: 'operational', httpStatus: 503, closeCode: 4449 },
  'room-not-answering': { kind: 'operational', httpStatus: 504, closeCode: 4440 },
  'no-media-node': { kind: 'operational', httpStatus: 503, closeCode: 4441 },
  'media-failed': { kind: 'operational', httpStatus: 503, closeCode: 4442 },
  'no-screen': { kind: 'operational', httpStatus: 503, closeCode: 4443 },
  'calendar-unreachable': { kind: 'operational', httpStatus: 502, closeCode: 4444 },
  'tv-not-answering': { kind: 'operational', httpStatus: 504, closeCode: 4445 },
  'device-gone': { kind: 'operational', httpStatus: 503, closeCode: 4446 },
  'openid-unreachable': { kind: 'operational', httpStatus: 502, closeCode: 4496 },
  /** no program can run, or it cannot get into the call */
  'program-unavailable': { kind: 'operational', httpStatus: 503, closeCode: 4504 },
  'packager-unavailable': { kind: 'operational', httpStatus: 503, closeCode: 4505 },
  /** the disk is full: live goes on, nothing is kept */
  'rewind-off': { kind: 'operational', httpStatus: 507, closeCode: 4506 },
  'recording-failed': { kind: 'operational', httpStatus: 503, closeCode: 4507 },
  /** an address is known, and no fleet answers there, or another one than was named */
  'fleet-not-found': { kind: 'operational', httpStatus: 502, closeCode: 4514 },
  'action-expired': { kind: 'operational', httpStatus: 504, closeCode: 4515 },
  'converter-unavailable': { kind: 'operational', httpStatus: 503, closeCode: 4481 },
  /** no PDF can be made now: no browser on the machine, or it does not answer in time */
  'printer-unavailable': { kind: 'operational', httpStatus: 503, closeCode: 4516 },
  'storage-failed': { kind: 'operational', httpStatus: 507, closeCode: 4447 },
  'shutting-down': { kind: 'operational', httpStatus: 503, closeCode: 1012 },
  internal: { kind: 'invalid-state', httpStatus: 500, closeCode: 1011 },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof table;
export const ErrorCode = z.enum(Object.keys(table) as [ErrorCode, ...ErrorCode[]]);

/** A code of a newer release reads as `internal`: its message stays, for the log. */
export const ReportedErrorCode = openWord(ErrorCode, 'internal');

/** How an error travels, on every wire. */
export const WireError = z.object({ code: ReportedErrorCode, message: z.string().max(500) });
export type WireError = z.infer<typeof WireError>;

/** Base of the four kinds. `code` is stable; `message` is for logs. */
export class MaruError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string = code, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
  get kind(): Kind {
    return table[this.code].kind;
  }
  get httpStatus(): number {
    return table[this.code].httpStatus;
  }
  get closeCode(): number {
    return table[this.code].closeCode;
  }
  toWire(): WireError {
    return { code: this.code, message: this.message.slice(0, 500) };
  }
}
/** The peer broke the contract. */
export class ProtocolError extends MaruError {}
/** Say it to the person. */
export class UserError extends MaruError {}
/** Asked at the wrong time, or our own bug. */
export class InvalidStateError extends MaruError {}
/** Retry, capped and jittered. */
export class OperationalError extends MaruError {}

const classOf: Record<Kind, typeof MaruError> = {
  protocol: ProtocolError,
  user: UserError,
  'invalid-state': InvalidStateError,
  operational: OperationalError,
};

/** An error that arrived over a wire, as the class of its kind. */
export function fromWire(wire: WireError): MaruError {
  return new classOf[table[wire.code].kind](wire.code, wire.message);
}

/** The one translation of anything thrown: a schema's refusal is the peer's fault, the unknown is ours and tells nothing. */
export function toMaruError(thrown: unknown): MaruError {
  if (thrown instanceof MaruError) return thrown;
  if (thrown instanceof z.ZodError) return new ProtocolError('bad-message', z.prettifyError(thrown), { cause: thrown });
  if (thrown instanceof SyntaxError) return new ProtocolError('bad-message', 'not JSON', { cause: thrown });
  return new InvalidStateError('internal', 'internal error', { cause: thrown });
}

/** The code behind a WebSocket close, or null for one that is not ours. */
export function codeOfClose(closeCode: number): ErrorCode | null {
  for (const [code, entry] of Object.entries(table)) if (entry.closeCode === closeCode) return code as ErrorCode;
  return null;
}
