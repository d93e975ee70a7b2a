/** What the writer's thread and those who start it share: the thread's own file runs when it is imported. */

export type WriterData = { path: string; synchronous: 'FULL' | 'NORMAL' };

/** below the store's deadline for a write */
export const BUSY_TIMEOUT_MS = 5_000;
