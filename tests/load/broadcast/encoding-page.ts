/** The program's peer: a page that draws one camera's picture and encodes it as the program's stream is, and nothing else. */
const SIZE = { width: 1280, height: 720, framesPerSecond: 30 };
const KEY_FRAME_EVERY = 30;

const canvas = Object.assign(document.createElement('canvas'), { width: SIZE.width, height: SIZE.height });
document.body.append(canvas);
const context = canvas.getContext('2d', { alpha: false })!;
const encoder = new VideoEncoder({ output: () => {}, error: (error) => console.error(error.message) });
encoder.configure({
  codec: 'avc1.42e01f',
  width: SIZE.width,
  height: SIZE.height,
  bitrate: 2_500_000,
  framerate: SIZE.framesPerSecond,
  latencyMode: 'realtime',
});
let count = 0;
setInterval(() => {
  for (let tile = 0; tile < 4; tile += 1) {
    context.fillStyle = `hsl(${(count * 3 + tile * 90) % 360} 50% 50%)`;
    context.fillRect((tile % 2) * 640, Math.floor(tile / 2) * 360, 640, 360);
    context.fillStyle = 'white';
    context.fillRect(((count * 5) % 500) + (tile % 2) * 640, 100 + Math.floor(tile / 2) * 360, 120, 120);
  }
  const frame = new VideoFrame(canvas, { timestamp: (count * 1_000_000) / SIZE.framesPerSecond });
  if (encoder.encodeQueueSize < 3) encoder.encode(frame, { keyFrame: count % KEY_FRAME_EVERY === 0 });
  frame.close();
  count += 1;
}, 1_000 / SIZE.framesPerSecond);
