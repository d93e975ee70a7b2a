/**
 * Pictures for a page without media: every received video track becomes a drawn person (or a drawn slide), and the
 * page's own devices a drawn room. Runs inside the page, before its scripts.
 */
import type { Page } from 'playwright-core';
import type { Participant } from '#contract/room-state.ts';

export type OwnDevices = 'there' | 'missing' | 'refused';

export async function drawPictures(page: Page, own: OwnDevices = 'there'): Promise<void> {
  await page.addInitScript(drawInPage, own);
}

const SEEN_WITHIN_MS = 10_000;

/** Waits until everybody of these with a camera has a picture in each tile with their name; tiles of another page do not count. */
export async function picturesOf(page: Page, people: readonly Participant[]): Promise<void> {
  const names = people
    .filter(({ camera, connection }) => camera === 'on' && connection === 'connected')
    .map(({ displayName }) => displayName);
  await page.waitForFunction(
    (wanted) => {
      const tiles = [...document.querySelectorAll('figure')].filter((tile) => wanted.includes(tile.ariaLabel ?? ''));
      return tiles.every((tile) => {
        const video = tile.querySelector('video');
        return video !== null && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
      });
    },
    names,
    { timeout: SEEN_WITHIN_MS },
  );
}

function drawInPage(own: OwnDevices): void {
  type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

  const isShown = (track: MediaStreamTrack): boolean => {
    const videos = [...document.querySelectorAll('video')].filter(
      ({ srcObject }) =>
        srcObject instanceof MediaStream && srcObject.getVideoTracks().some(({ id }) => id === track.id),
    );
    return videos.length > 0 && videos.every(({ readyState }) => readyState >= HTMLMediaElement.HAVE_CURRENT_DATA);
  };

  const trackOf = (width: number, height: number, draw: Draw): MediaStreamTrack => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d')!;
    const paint = (): void => draw(context, width, height);
    paint();
    const track = canvas.captureStream(4).getVideoTracks()[0]!;
    // a captured canvas gives a frame when it is painted: until each <video> of it has one
    setInterval(() => {
      if (!isShown(track)) paint();
    }, 250);
    return track;
  };

  const personOf =
    (seed: number): Draw =>
    (context, width, height) => {
      const hue = (seed * 47) % 360;
      const wall = context.createLinearGradient(0, 0, width, height);
      wall.addColorStop(0, `hsl(${hue} 18% 62%)`);
      wall.addColorStop(1, `hsl(${hue} 22% 38%)`);
      context.fillStyle = wall;
      context.fillRect(0, 0, width, height);
      context.fillStyle = `hsl(${hue} 14% 72%)`;
      context.fillRect(width * (seed % 2 === 0 ? 0.06 : 0.72), height * 0.08, width * 0.22, height * 0.4);
      const middle = width * (0.46 + (seed % 3) * 0.04);
      context.fillStyle = `hsl(${(hue + 160) % 360} 30% ${26 + (seed % 4) * 8}%)`;
      context.beginPath();
      context.ellipse(middle, height * 1.06, width * 0.24, height * 0.42, 0, 0, 7);
      context.fill();
      context.fillStyle = `hsl(${22 + (seed % 4) * 4} 42% ${48 + (seed % 5) * 7}%)`;
      context.beginPath();
      context.ellipse(middle, height * 0.46, width * 0.1, height * 0.22, 0, 0, 7);
      context.fill();
      context.fillStyle = `hsl(24 30% ${10 + (seed % 3) * 9}%)`;
      context.beginPath();
      context.ellipse(middle, height * 0.36, width * 0.11, height * 0.17, 0, Math.PI, 0);
      context.fill();
    };

  const slide: Draw = (context, width, height) => {
    context.fillStyle = '#fdfcf9';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#1f2a44';
    context.font = `600 ${height * 0.08}px sans-serif`;
    context.fillText('Q3: what we learned', width * 0.07, height * 0.17);
    for (let bar = 0; bar < 6; bar += 1) {
      const tall = height * (0.2 + 0.07 * ((bar * 5) % 6));
      context.fillStyle = bar === 4 ? '#d0643c' : '#8aa4c8';
      context.fillRect(width * (0.08 + bar * 0.145), height * 0.88 - tall, width * 0.1, tall);
    }
  };

  const meetingRoom: Draw = (context, width, height) => {
    context.fillStyle = '#8d8377';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#cfd8dc';
    context.fillRect(width * 0.08, height * 0.08, width * 0.34, height * 0.38);
    context.fillStyle = '#5d4630';
    context.beginPath();
    context.ellipse(width / 2, height * 1.02, width * 0.52, height * 0.42, 0, 0, 7);
    context.fill();
    for (let seat = 0; seat < 4; seat += 1) {
      const x = width * (0.2 + seat * 0.2);
      context.fillStyle = ['#37474f', '#6d4c41', '#455a64', '#4e342e'][seat]!;
      context.beginPath();
      context.ellipse(x, height * 0.7, width * 0.065, height * 0.16, 0, 0, 7);
      context.fill();
      context.fillStyle = '#d7a982';
      context.beginPath();
      context.arc(x, height * 0.5, height * 0.06, 0, 7);
      context.fill();
    }
  };

  const received = Object.getOwnPropertyDescriptor(RTCRtpReceiver.prototype, 'track')!.get!;
  const drawn = new Map<string, MediaStreamTrack>();
  Object.defineProperty(RTCRtpReceiver.prototype, 'track', {
    configurable: true,
    get(this: RTCRtpReceiver): MediaStreamTrack {
      const track = received.call(this) as MediaStreamTrack;
      if (track.kind !== 'video') return track;
      const seed = Number(track.id.slice(-3)) || 1;
      const known = drawn.get(track.id) ?? trackOf(960, 540, track.id.startsWith('screen') ? slide : personOf(seed));
      drawn.set(track.id, known);
      return known;
    },
  });

  /** Without a source its track would be `muted`, as by a switch on the device. */
  const silentMicrophone = (): MediaStream => {
    const context = new AudioContext();
    const output = context.createMediaStreamDestination();
    const source = new ConstantSourceNode(context, { offset: 0 });
    source.connect(output);
    source.start();
    return output.stream;
  };
  const none = (name: string) => Promise.reject(new DOMException('as the scene wants it', name));
  Object.defineProperties(navigator.mediaDevices, {
    enumerateDevices: {
      value: async () => (own === 'missing' ? [] : [{ kind: 'audioinput' }, { kind: 'videoinput' }]),
    },
    getUserMedia: {
      value: ({ video }: MediaStreamConstraints) => {
        if (own !== 'there') return none(own === 'missing' ? 'NotFoundError' : 'NotAllowedError');
        if (video) return Promise.resolve(new MediaStream([trackOf(1280, 720, meetingRoom)]));
        return Promise.resolve(silentMicrophone());
      },
    },
  });
  navigator.permissions.query = async () => ({ state: own === 'refused' ? 'denied' : 'granted' }) as PermissionStatus;
}
