/** The link of a meeting by which anybody asks to join: the one that is still good, or a new one. */
import { type Invite, meetingsApi } from '#contract/http/meetings-api.ts';
import { callApi } from '../http-client.ts';

const LINK_MINUTES = 7 * 24 * 60;
/** a link that ends sooner is not handed out any more */
const LEAST_LEFT_MS = 60 * 60_000;

const isGood = ({ displayName, revokedAtMs, closedAtMs, expiresAtMs }: Invite): boolean =>
  displayName === null && revokedAtMs === null && closedAtMs === null && expiresAtMs > Date.now() + LEAST_LEFT_MS;

/** @throws MaruError the server's refusal, or NoServer */
export async function meetingLink(meetingId: string): Promise<string> {
  const { invites } = await callApi(meetingsApi.listInvites, { params: { meetingId } });
  const good = invites.filter(isGood).sort((one, other) => other.expiresAtMs - one.expiresAtMs)[0];
  if (good) {
    const { joinUrl } = await callApi(meetingsApi.inviteLink, { params: { meetingId, inviteId: good.inviteId } });
    return joinUrl;
  }
  const { joinUrl } = await callApi(meetingsApi.createInvite, {
    params: { meetingId },
    body: { displayName: null, expiresInMinutes: LINK_MINUTES },
  });
  return joinUrl;
}
