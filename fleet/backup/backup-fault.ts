/** What ends a backup or a return: a code for scripts, its exit code, and the fault and the remedy in words for a person. */

/** Exit codes follow sysexits.h, so that a script can distinguish what to try again. */
const EXIT_CODES = {
  'backup-unreadable': 66,
  'not-a-backup': 65,
  'backup-damaged': 65,
  'backup-newer': 76,
  'key-wrong': 77,
  'data-incomplete': 72,
  'data-in-use': 75,
  'not-empty': 73,
  'cannot-write': 73,
  'no-room': 74,
  'wrong-user': 77,
  interrupted: 130,
} as const;
export type BackupFaultCode = keyof typeof EXIT_CODES;

export class BackupFault extends Error {
  readonly code: BackupFaultCode;

  constructor(code: BackupFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

/** The disk's own error as a fault of writing. */
export function whileWriting(path: string, error: unknown): BackupFault {
  if (error instanceof BackupFault) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new BackupFault('no-room', `There is no room on the disk of ${path}. Nothing was left there.`, { cause: error })
    : new BackupFault('cannot-write', `${path} cannot be written: ${message}`, { cause: error });
}
