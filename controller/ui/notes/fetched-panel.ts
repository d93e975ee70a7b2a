/** The notes with their editor: a chunk of its own, fetched when somebody opens them. */
import type { ComponentType } from 'react';
import { NoServer } from '#contract/http/answer.ts';

/** @throws NoServer */
export async function fetchedNotesPanel(): Promise<ComponentType<{ meetingId: string }>> {
  try {
    return (await import('./notes-panel.tsx')).default;
  } catch {
    throw new NoServer('internal', 'the chunk of the notes cannot be fetched');
  }
}
