/** Coming into a meeting: by an invite, by a session, by a knock; and deciding on who waits. */
import { ProtocolError } from '#contract/error-codes.ts';
import { admissionApi } from '#contract/http/admission-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { Meetings } from './meetings.ts';

export function admissionRoutes({ meetings }: { meetings: Meetings }): ServedRoute[] {
  const notServed = async (): Promise<never> => {
    throw new ProtocolError('not-found', 'not served yet');
  };
  return serve(admissionApi, {
    enterAsGuest: async ({ body, network }) =>
      meetings.enterAsGuest(body.invite, {
        endedCallId: body.endedCallId ?? null,
        entryId: body.entryId ?? null,
        network,
      }),
    enterAsMember: notServed,
    ticketChanges: notServed,
    enterAdmitted: notServed,
    stopWaiting: notServed,
    meetingWaiting: notServed,
    decideWaiting: notServed,
  });
}
