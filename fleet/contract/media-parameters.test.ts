import { getSupportedRtpCapabilities } from 'mediasoup';
import { expect, test } from 'vitest';
import { chromiumMedia, firefoxMedia } from './browser-media-under-test.ts';
import { DtlsParameters, HEADER_EXTENSION_URIS, RtpCapabilities, RtpParameters } from './media-parameters.ts';

const browsers = [
  ['Chromium', chromiumMedia],
  ['Firefox', firefoxMedia],
] as const;

/** Fields of a browser's encodings that only concern the browser. */
const localFields = ['active', 'scaleResolutionDownBy', 'maxFramerate'];
const withoutLocal = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, held) => (localFields.includes(key) ? undefined : held)));

test.each(browsers)('what %s sends passes, with all that the worker needs', (_, media) => {
  for (const rtpParameters of [media.camera, media.screen, media.microphone])
    expect(RtpParameters.parse(rtpParameters)).toEqual(withoutLocal(rtpParameters));
  expect(RtpCapabilities.parse(media.rtpCapabilities)).toEqual(media.rtpCapabilities);
  expect(DtlsParameters.parse(media.dtlsParameters)).toEqual(media.dtlsParameters);
});

test('the header extensions that pass are those that mediasoup can write, without its own', () => {
  const supported = getSupportedRtpCapabilities().headerExtensions!.map(({ uri }) => uri);
  expect(new Set(supported.filter((uri) => !uri.startsWith('urn:mediasoup:')))).toEqual(HEADER_EXTENSION_URIS);
});

const [encoding] = chromiumMedia.screen.encodings;
const withEncoding = (fields: object): object => ({
  ...chromiumMedia.screen,
  encodings: [{ ...encoding, ...fields }],
});
const [codec] = chromiumMedia.screen.codecs;
const withCodec = (fields: object): object => ({ ...chromiumMedia.screen, codecs: [{ ...codec, ...fields }] });

test.each<[string, object]>([
  // mediasoup throws in the middle of what it writes: the channel is broken for everyone
  ...[1.5, 'x', null, {}, -1, 1e300].map((maxBitrate): [string, object] => ['bitrate', withEncoding({ maxBitrate })]),
  // the worker's regular expression recurses for each character
  ['scalability', withEncoding({ scalabilityMode: 'L1T1'.padEnd(60_000, 'x') })],
  ['scalability', withEncoding({ scalabilityMode: 'L99T99' })],
  ...[1.5, 2 ** 32, 0, -1, '1'].map((ssrc): [string, object] => ['ssrc', withEncoding({ ssrc })]),
  ['rtx', withEncoding({ rtx: {} })],
  ['rid', withEncoding({ rid: 'a b' })],
  ['too many layers', { ...chromiumMedia.screen, encodings: Array.from({ length: 4 }, () => encoding) }],
  ['payload type', withCodec({ payloadType: 128 })],
  ['clock rate', withCodec({ clockRate: 0 })],
  ['mime type', withCodec({ mimeType: 'text/html' })],
  ['parameters', withCodec({ parameters: { apt: 2 ** 31 } })],
  ['parameters', withCodec({ parameters: { apt: [1] } })],
  ['parameters', withCodec({ parameters: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`p${i}`, 1])) })],
  ['feedback', withCodec({ rtcpFeedback: [{ type: 'x'.repeat(41) }] })],
  ['no codec', { ...chromiumMedia.screen, codecs: [] }],
  ['cname', { ...chromiumMedia.screen, rtcp: { cname: 'x'.repeat(256) } }],
  ['mid', { ...chromiumMedia.screen, mid: '\u0000' }],
])('a %s that nobody can send is refused', (_, rtpParameters) => {
  expect(RtpParameters.safeParse(rtpParameters).success).toBe(false);
});

test('a header extension that the worker does not know is left out, and the rest is taken', () => {
  const { headerExtensions } = chromiumMedia.camera;
  const newer = { ...chromiumMedia.camera, headerExtensions: [...headerExtensions, { uri: 'urn:later', id: 14 }] };
  expect(RtpParameters.parse(newer).headerExtensions).toEqual(headerExtensions);
});
