/** The picture of a broadcast without a delivery: in place of the chunk that has hls.js, one that draws a stage. */
import type { Page } from 'playwright-core';

export type PlayedPicture = {
  /** how long it has been live */
  agoMs: number;
  behindMs?: number;
  /** of a replay */
  lengthMs?: number;
  atMs?: number;
  /** the picture stands though nobody paused it */
  isStuck?: boolean;
  /** the browser allows no sound before a tap */
  needsTap?: boolean;
};

export async function playPicture(page: Page, picture: PlayedPicture): Promise<void> {
  await page.route('**/assets/hls-source-*.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: `${source}\nconst picture = ${JSON.stringify(picture)};` }),
  );
  if (picture.needsTap) await page.addInitScript(refuseSound);
}

function refuseSound(): void {
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    return this.muted ? play.call(this) : Promise.reject(new DOMException('', 'NotAllowedError'));
  };
}

/** The TV's page has another module of that name; it shows the picture alone. */
export async function playPictureOnTv(page: Page): Promise<void> {
  await page.route('**/assets/hls-source-*.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: tvSource }),
  );
}

/** Draws into the video for as long as that has the stream. */
const drawInto = `
function drawInto(video) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
  const paper = canvas.getContext('2d');
  const people = ['Mina Park', '김준호', 'Joon Lee', '이하늘'];
  const draw = () => {
    paper.fillStyle = '#221a14';
    paper.fillRect(0, 0, 1280, 720);
    people.forEach((name, index) => {
      const [x, y] = [24 + (index % 2) * 620, 24 + Math.floor(index / 2) * 340];
      paper.fillStyle = ['#5b4636', '#36505b', '#475b36', '#54365b'][index];
      paper.fillRect(x, y, 608, 328);
      paper.fillStyle = '#d8b898';
      paper.beginPath();
      paper.arc(x + 304, y + 140, 70, 0, 7);
      paper.arc(x + 304, y + 330, 120, 0, 7);
      paper.fill();
      paper.fillStyle = '#fff';
      paper.font = '28px sans-serif';
      paper.fillText(name, x + 20, y + 306);
    });
    if (video.srcObject !== null) requestAnimationFrame(draw);
  };
  video.srcObject = canvas.captureStream(10);
  draw();
}`;

const tvSource = `${drawInto}
export function openHlsSource(video) {
  drawInto(video);
  void video.play();
  return { close() { video.srcObject = null; } };
}`;

/** The same exports as controller/watch/hls-source.ts has. */
const source = `${drawInto}
export const canPlayByHls = () => true;
export function openByHls({ kind, video }) {
  drawInto(video);
  if (picture.isStuck) setTimeout(() => HTMLMediaElement.prototype.pause.call(video), 500);
  const openedMs = Date.now();
  const endMs = () => (kind === 'replay' ? picture.lengthMs : Date.now());
  const positionMs = () => {
    if (kind === 'replay') return picture.atMs + (video.paused ? 0 : Date.now() - openedMs);
    return endMs() - (picture.behindMs ?? 0);
  };
  return {
    kind,
    positionMs: () => (video.readyState > 0 ? positionMs() : null),
    window: () => ({ startMs: kind === 'replay' ? 0 : Date.now() - picture.agoMs, endMs: endMs() }),
    seek() {},
    followEdge() {},
    rest() {},
    wake() {},
    close() {
      video.srcObject = null;
    },
  };
}`;
