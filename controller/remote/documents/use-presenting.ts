/** A presenter's acts: those that a person waits for are commands with their pending look, all others flow. */
import { useCallback } from 'react';
import type { DocumentAct } from '#contract/shared-document.ts';
import type { LinkSnapshot } from '../../link/room-link.ts';
import type { Asking } from '../use-room.ts';
import type { RoomDocuments } from './room-documents.ts';

const documentOf = ({ projections }: LinkSnapshot) => projections.document ?? null;
/** The result in what the room publishes. */
const done = {
  stop: (link: LinkSnapshot) => !documentOf(link)?.document,
  take: (link: LinkSnapshot) => documentOf(link)?.isPresenter === true,
  'hand-over': (link: LinkSnapshot) => documentOf(link)?.isPresenter !== true,
};
const awaited = ['stop', 'take', 'hand-over'] as const;

export function usePresenting(documents: RoomDocuments, { ask, pending, dismissProblem }: Asking) {
  const act = useCallback(
    (wanted: DocumentAct) => {
      const kind = awaited.find((name) => name === wanted.act);
      if (kind !== undefined) return ask({ name: 'present', act: wanted }, (_, link) => done[kind](link));
      dismissProblem();
      documents.presented.act(wanted);
    },
    [ask, dismissProblem, documents],
  );
  return { act, pending: awaited.find((name) => pending('present', name) !== null) ?? null };
}
