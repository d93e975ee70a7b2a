/** For tests: pictures and sound of a program, made once by ffmpeg. Each second both flash and beep for 100 ms. */
import { execFileSync } from 'node:child_process';
import { packetsOfOgg } from '#edge/ogg-packets-under-test.ts';
import { FFMPEG } from '../filter.ts';

export type ProgramMedia = {
  /** units of each picture; 30 a second, an IDR each second, its parameter sets first */
  pictures: Buffer[][];
  /** Opus, 20 ms each */
  packets: Buffer[];
};

export type ProgramLook = { seconds: number; size?: string; background?: string; codecArgs?: readonly string[] };

const run = (args: readonly string[]): Buffer =>
  execFileSync(FFMPEG, ['-hide_banner', '-v', 'error', ...args, 'pipe:1'], { maxBuffer: 64 * 1024 * 1024 });

export function makeProgram({
  seconds,
  size = '320x180',
  background = '0x303030',
  codecArgs = [],
}: ProgramLook): ProgramMedia {
  const flash = `drawbox=color=white:t=fill:enable='lt(mod(t,1),0.1)'`;
  const pictures = run([
    ...[
      '-f',
      'lavfi',
      '-i',
      `color=${background}:s=${size}:r=30,${background === 'black' ? 'null' : flash}`,
      '-t',
      String(seconds),
    ],
    ...[
      '-c:v',
      'libx264',
      '-profile:v',
      'baseline',
      '-preset',
      'ultrafast',
      '-tune',
      'zerolatency',
      '-pix_fmt',
      'yuv420p',
    ],
    ...['-x264-params', 'sliced-threads=0:slices=1:keyint=30:min-keyint=30:scenecut=0', ...codecArgs, '-f', 'h264'],
  ]);
  const sound = run([
    ...['-f', 'lavfi', '-i', "aevalsrc='if(lt(mod(t,1),0.1),0.5*sin(2*PI*1000*t),0)':s=48000", '-t', String(seconds)],
    ...['-ac', '2', '-c:a', 'libopus', '-b:a', '64k', '-frame_duration', '20', '-page_duration', '20000', '-f', 'ogg'],
  ]);
  return { pictures: picturesOf(pictures), packets: packetsOfOgg(sound).slice(2) };
}

export function unitsOf(stream: Buffer): Buffer[] {
  const units: Buffer[] = [];
  const code = Buffer.from([0, 0, 1]);
  for (let at = stream.indexOf(code); at !== -1; ) {
    const next = stream.indexOf(code, at + 3);
    let end = next === -1 ? stream.length : next;
    while (end > at && stream[end - 1] === 0) end -= 1;
    units.push(stream.subarray(at + 3, end));
    at = next;
  }
  return units;
}

/** Of one slice each. */
export function picturesOf(stream: Buffer): Buffer[][] {
  const pictures: Buffer[][] = [];
  let units: Buffer[] = [];
  for (const unit of unitsOf(stream)) {
    const type = (unit[0] ?? 0) & 31;
    if (type === 7 || type === 8) units.push(unit);
    if (type !== 1 && type !== 5) continue;
    pictures.push([...units, unit]);
    units = [];
  }
  return pictures;
}
