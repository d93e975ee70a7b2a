/** A meeting's broadcast, followed for one of its hosts, and the line that directs it: the routes of the fleet. */
import { useEffect, useMemo, useState } from 'react';
import type { MeetingAir } from '#contract/broadcast.ts';
import { toMaruError } from '#contract/error-codes.ts';
import { broadcastsApi } from '#contract/http/broadcasts-api.ts';
import { callApi, followWhileLookedAt } from '../http-client.ts';
import type { DirectorLine } from './use-directing.ts';

export type FollowedAir = {
  /** null: not known yet, or this account hosts it no more */
  air: MeetingAir | null;
  /** false: the first answer is still awaited */
  isKnown: boolean;
  /** of the program in the green room; null: none came */
  previewUrl: string | null;
  /** false: what is shown may be old; it is asked for again by itself */
  isConnected: boolean;
  line: DirectorLine;
};
type Preview = { broadcastId: string; url: string };

/** @param meetingId null: not followed. @param onFailed of each refusal: the person may be signed out. Stable */
export function useMeetingAir(meetingId: string | null, onFailed: (error: unknown) => void = ignore): FollowedAir {
  const [air, setAir] = useState<MeetingAir | null>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [isConnected, setConnected] = useState(true);
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    setAir(null);
    setPreview(null);
    setRefused(false);
    if (meetingId === null) return;
    return followWhileLookedAt(broadcastsApi.meetingAir, () => ({
      params: { meetingId },
      onEvent: (event) => {
        if (event.name === 'air') setAir(event.data);
        else setPreview({ broadcastId: event.data.broadcastId, url: `data:image/jpeg;base64,${event.data.jpeg}` });
      },
      onConnected: setConnected,
      onRefused: (refusal) => {
        setAir(null);
        setRefused(true);
        onFailed(refusal);
      },
    }));
  }, [meetingId, onFailed]);
  const line = useMemo((): DirectorLine => {
    const params = { meetingId: meetingId ?? '' };
    const show = async (answer: Promise<{ air: MeetingAir }>): Promise<void> => {
      try {
        setAir((await answer).air);
      } catch (error) {
        onFailed(error);
        throw toMaruError(error);
      }
    };
    return {
      direct: async (body) => {
        await show(callApi(broadcastsApi.directBroadcast, { params, body }));
        return true;
      },
      setRecording: (on) => show(callApi(on ? broadcastsApi.startRecording : broadcastsApi.stopRecording, { params })),
    };
  }, [meetingId, onFailed]);
  const isOfIt = preview !== null && preview.broadcastId === air?.broadcast?.broadcastId;
  const isKnown = air !== null || isRefused || !isConnected;
  return { air, isKnown, previewUrl: isOfIt ? preview.url : null, isConnected, line };
}

const ignore = (): void => {};
