import { describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { DelegationClaims, JoinTokenClaims } from '#contract/grants.ts';
import type { FleetKeys } from '#contract/topics.ts';
import { TestFleet, TestRoom } from './testing/test-node.ts';
import { TokenAdmission } from './token-admission.ts';

const fleet = new TestFleet();
const room = new TestRoom();
const meetingId = uuidv7();
const seconds = Math.floor(Date.now() / 1_000);
let nowMs = 0;

function admissionOf(change: Partial<FleetKeys> = {}): TokenAdmission {
  const admission = new TokenAdmission({ nodeId: fleet.nodeId, fleetSilenceMs: 3_600_000, nowMs: () => nowMs });
  admission.setKeys({ ...fleet.keys, ...change });
  return admission;
}
const delegated = (claims: Partial<DelegationClaims> = {}, by = fleet, to = room) =>
  by.delegation(to, { meetingId, ...claims });
const signed = async (claims: Partial<JoinTokenClaims> = {}, delegation?: string, by = room) =>
  by.token(delegation ?? (await delegated()), { aud: fleet.nodeId, meetingId, ...claims });

describe('a token that a room signed on a delegation', () => {
  test('lets the room in, once, under the names that the fleet knows', async () => {
    const admission = admissionOf();
    const claims = await admission.verify(await signed({ displayName: 'Another name', rights: ['end'] }));
    expect(claims).toMatchObject({
      peerKind: 'room',
      displayName: 'Room A',
      meetingTitle: 'Standing',
      rights: ['end'],
      issuedTo: { roomId: room.roomId },
    });
    admission.use(claims);
    expect(() => admission.use(claims)).toThrow(expect.objectContaining({ code: 'token-used' }));
  });

  test('is a co-host’s, whatever else it names: nobody’s person, let in by nobody, from anywhere', async () => {
    const named = { role: 'host', person: 'account:host', isGuest: true, isLetIn: true } as const;
    const claims = await admissionOf().verify(await signed({ ...named, allowedRanges: [['10.0.0.0/8']] }));
    expect(claims).toMatchObject({ role: 'co-host', isGuest: false, isLetIn: false, allowedRanges: [] });
    expect(claims).not.toHaveProperty('person');
  });

  test('takes no guest’s seat with it', async () => {
    const seat = { inviteId: uuidv7(), seats: 1, holder: 'guest' };
    expect(await admissionOf().verify(await signed({ seat }))).not.toHaveProperty('seat');
  });

  test('that was revoked while it was verified does not let in', async () => {
    const admission = admissionOf();
    const claims = await admission.verify(await signed());
    admission.setKeys({ ...fleet.keys, revokedRooms: [{ roomId: room.roomId, issuedUpTo: seconds + 10 }] });
    expect(() => admission.use(claims)).toThrow(expect.objectContaining({ code: 'token-invalid' }));
  });

  test.each<[string, string, () => Promise<string>]>([
    ['for another meeting', 'token-invalid', () => signed({ meetingId: uuidv7() })],
    ['for another node', 'token-invalid', () => signed({ aud: uuidv7() })],
    ['for a person', 'token-invalid', () => signed({ peerKind: 'person' })],
    ['with more rights', 'token-invalid', async () => signed({}, await delegated({ rights: ['mute'] }))],
    ['that publishes more', 'token-invalid', async () => signed({}, await delegated({ publishes: ['microphone'] }))],
    ['that receives more', 'token-invalid', async () => signed({}, await delegated({ receives: [] }))],
    [
      'that may do more with documents',
      'token-invalid',
      async () => signed({}, await delegated({ documents: ['view'] })),
    ],
    ['for a program', 'token-invalid', () => signed({ peerKind: 'program' })],
    ['of a long life', 'token-invalid', () => signed({ exp: seconds + 3_600 })],
    [
      'from the future, so that it lives long',
      'token-invalid',
      () => signed({ iat: seconds + 600, exp: seconds + 660 }),
    ],
    ['that is over', 'token-expired', () => signed({ iat: seconds - 120, exp: seconds - 60 })],
    ['by a delegation that is over', 'token-expired', async () => signed({}, await delegated({ exp: seconds - 60 }))],
    ['signed by another room', 'token-invalid', () => signed({}, undefined, new TestRoom())],
    [
      "by another fleet's delegation",
      'token-invalid',
      async () => signed({}, await delegated({}, Object.assign(new TestFleet(), { nodeId: fleet.nodeId }))),
    ],
    ['by a join token instead of a delegation', 'token-invalid', async () => signed({}, await fleet.token())],
    [
      'by an invite of the fleet instead of a delegation',
      'token-invalid',
      async () => signed({}, await delegated({ aud: 'maru-invite' as 'maru-delegation' })),
    ],
    ['by what is no delegation', 'token-invalid', () => signed({}, 'nothing')],
    ['without a delegation', 'token-invalid', async () => (await signed()).replace(/^[^.]+/, 'eyJhbGciOiJFUzI1NiJ9')],
    [
      'by a delegation that stands where the token should',
      'token-invalid',
      async () => delegated({ aud: fleet.nodeId as 'maru-delegation' }),
    ],
  ])('%s is refused: %s', async (_what, code, make) => {
    await expect(admissionOf().verify(await make())).rejects.toMatchObject({ code });
  });

  test('a box that was revoked is refused, the next box of that room is not', async () => {
    const [former, next] = [await delegated({ iat: seconds - 10 }), await delegated({ iat: seconds })];
    const admission = admissionOf({ revokedRooms: [{ roomId: room.roomId, issuedUpTo: seconds - 10 }] });
    await expect(admission.verify(await signed({}, former))).rejects.toMatchObject({ code: 'token-invalid' });
    await expect(admission.verify(await signed({}, next))).resolves.toMatchObject({ peerKind: 'room' });
  });
});

test('an hour without a word of the fleet: nobody new, but by a delegation', async () => {
  nowMs = 0;
  const admission = admissionOf();
  nowMs = 3_599_000;
  await expect(admission.verify(await fleet.token())).resolves.toBeDefined();
  nowMs = 3_601_000;
  await expect(admission.verify(await fleet.token())).rejects.toMatchObject({ code: 'media-failed' });
  await expect(admission.verify(await signed())).resolves.toBeDefined();
  admission.heard();
  await expect(admission.verify(await fleet.token())).resolves.toBeDefined();
  admission.heard(3_700_000);
  await expect(admission.verify(await fleet.token())).rejects.toMatchObject({ code: 'media-failed' });
});
