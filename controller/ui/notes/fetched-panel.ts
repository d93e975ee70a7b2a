/** The notes with their editor: a chunk of its own, fetched when somebody opens them. */
import type { ComponentType } from 'react';
import { codeOfPage } from '../fetched-page.tsx';

/** @throws NoServer */
export const fetchedNotesPanel = async (): Promise<ComponentType<{ meetingId: string }>> =>
  (await codeOfPage(import('./notes-panel.tsx'))).default;
