// An engine behind real HTTP: what it is asked, and what becomes of one that answers anything but words.
import { createServer as createSecured } from 'node:https';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OfficeCa } from '#edge/office-ca-under-test.ts';
import { EngineFault } from './engine-fault.ts';
import { SpeechEngine } from './speech-engine.ts';
import type { SpeechEngineSettings } from './speech-settings.ts';
import { type AnswerOf, answerJson, type ScriptedEngine, startScriptedEngine } from './testing/scripted-engine.ts';
import { wavOf } from './wav-file.ts';

const KEY = 'secret-of-the-engine';
const WAV = wavOf(new Int16Array(16_000).fill(1_000));
let server: ScriptedEngine;
const settings = (more: Partial<SpeechEngineSettings> = {}): SpeechEngineSettings => ({
  kind: 'openai',
  url: server.url,
  path: '/v1/audio/transcriptions',
  model: 'large-v3',
  key: KEY,
  language: null,
  timeoutSeconds: 1,
  atOnce: 4,
  caFile: null,
  isOwnNetwork: false,
  ca: null,
  ...more,
});
const ask = (engine: SpeechEngine, signal = new AbortController().signal) => engine.transcribe(WAV, 'ko', signal);
const faultOf = async (engine: SpeechEngine): Promise<EngineFault> => {
  const fault: unknown = await ask(engine).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(EngineFault);
  return fault as EngineFault;
};

beforeEach(async () => {
  server = await startScriptedEngine((_, response) => answerJson(response, { text: '안녕하세요' }));
});
afterEach(() => server.stop());

describe('an engine', () => {
  it('gets the sound as WAV, the model, the language and the key as its header', async () => {
    expect(await ask(new SpeechEngine(settings()))).toEqual({ text: '안녕하세요', segments: [] });
    const [request] = server.requests;
    expect(request!.path).toBe('/v1/audio/transcriptions');
    expect(request!.authorization).toBe(`Bearer ${KEY}`);
    expect(request!.fields).toEqual({
      model: 'large-v3',
      language: 'ko',
      response_format: 'verbose_json',
      temperature: '0',
    });
    expect(request!.file).toEqual(WAV);
    expect(WAV.subarray(0, 4).toString()).toBe('RIFF');
    expect(WAV.length).toBe(44 + 32_000);
  });

  it('is asked at the path and in the language that IT names, without a key where there is none', async () => {
    const engine = new SpeechEngine(
      settings({ url: `${server.url}/speech/`, path: '/inference', language: 'en', key: null }),
    );
    await ask(engine);
    expect(server.requests[0]).toMatchObject({ path: '/speech/inference', authorization: undefined });
    expect(server.requests[0]!.fields.language).toBe('en');
  });

  it('that states how sure it is has that in its answer', async () => {
    server.answer((_, response) =>
      answerJson(response, {
        text: '네. 감사합니다.',
        language: 'korean',
        duration: 3.1,
        segments: [
          { id: 0, start: 0, end: 1, text: '네.', avg_logprob: -0.2, no_speech_prob: 0.01 },
          { id: 1, start: 1, end: 3, text: ' 감사합니다.', no_speech_prob: 0.9 },
        ],
      }),
    );
    expect(await ask(new SpeechEngine(settings()))).toMatchObject({
      segments: [{ noSpeech: 0.01 }, { noSpeech: 0.9 }],
    });
  });

  it('that fills its segments in its own way has its text read', async () => {
    server.answer((_, response) => answerJson(response, { text: '네.', segments: ['네.'] }));
    expect(await ask(new SpeechEngine(settings()))).toEqual({ text: '네.', segments: [] });
  });

  it('that knows json alone is asked once for more, and then for json at once', async () => {
    server.answer(({ fields }, response) => {
      if (fields.response_format === 'json') answerJson(response, { text: '네.' });
      else answerJson(response, { error: 'response_format' }, 400);
    });
    const engine = new SpeechEngine(settings());
    expect(await ask(engine)).toMatchObject({ text: '네.' });
    await ask(engine);
    expect(server.requests.map(({ fields }) => fields.response_format)).toEqual(['verbose_json', 'json', 'json']);
  });

  it('that refuses both is asked for both the next time', async () => {
    server.answer((_, response) => answerJson(response, {}, 500));
    const engine = new SpeechEngine(settings());
    await faultOf(engine);
    await faultOf(engine);
    expect(server.requests.map(({ fields }) => fields.response_format)).toEqual([
      'verbose_json',
      'json',
      'verbose_json',
      'json',
    ]);
  });
});

const endless: AnswerOf = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (response.writable && response.write('x'.repeat(65_536)));
    response.once('drain', more);
  };
  more();
};
describe.each<[string, AnswerOf, RegExp]>([
  ['a page', (_, response) => void response.end('<!doctype html><title>Sign in</title>'), /a page/],
  ['nothing', (_, response) => void response.end(), /answers nothing/],
  ['what is no JSON', (_, response) => void response.end('{"text": "'), /no JSON/],
  ['JSON without words', (_, response) => answerJson(response, { message: 'ok' }), /without "text"/],
  ['words that are a number', (_, response) => answerJson(response, { text: 5 }), /without "text"/],
  ['that it is busy', (_, response) => answerJson(response, {}, 503), /answers 503/],
  ['that the key is wrong', (_, response) => answerJson(response, { error: KEY }, 401), /refuses the key/],
  ['that there is no such path', (_, response) => answerJson(response, {}, 404), /path/],
  ['for ever', endless, /more than 1 MB/],
  ['never', () => {}, /no answer within 1 s/],
  [
    'and stops in the middle',
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"text":');
      setTimeout(() => response.destroy(), 50);
    },
    /broke off|cannot be reached/,
  ],
  [
    'and hangs in the middle',
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"text":');
    },
    /no answer within/,
  ],
  ['by hanging up', (_, response) => void response.destroy(), /cannot be reached/],
])('an engine that answers %s', (_, answer, words) => {
  it('has failed, in words without key and speech', async () => {
    server.answer(answer);
    const fault = await faultOf(new SpeechEngine(settings()));
    expect(fault.message).toMatch(words);
    expect(JSON.stringify([fault.message, fault.stack])).not.toContain(KEY);
  });
});

it('an engine that leads elsewhere is not followed, so the key goes nowhere else', async () => {
  const elsewhere = await startScriptedEngine((_, response) => answerJson(response, { text: '네.' }));
  try {
    for (const status of [301, 302, 307, 308]) {
      server.answer((_, response) => {
        response.writeHead(status, { location: `${elsewhere.url}/v1/audio/transcriptions` });
        response.end();
      });
      expect((await faultOf(new SpeechEngine(settings()))).message).toMatch(/redirects/);
    }
    expect(elsewhere.requests).toEqual([]);
  } finally {
    await elsewhere.stop();
  }
});

it('an engine that is not there has failed; one that speaks another protocol too', async () => {
  const { url } = server;
  await server.stop();
  expect((await faultOf(new SpeechEngine(settings({ url })))).message).toMatch(/ECONNREFUSED/);
  const other: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end('220 mail.example.com ESMTP\r\n');
  });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const at = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  expect((await faultOf(new SpeechEngine(settings({ url: `http://${at}` })))).message).toMatch(/cannot be reached/);
  expect((await faultOf(new SpeechEngine(settings({ url: `https://${at}` })))).message).toMatch(/cannot be reached/);
  other.close();
  server = await startScriptedEngine(() => {});
});

it('a question is given up when the transcriber ends', async () => {
  server.answer(() => {});
  const ending = new AbortController();
  const asked = ask(new SpeechEngine(settings({ timeoutSeconds: 60 })), ending.signal);
  setTimeout(() => ending.abort(new Error('the end')), 50);
  await expect(asked).rejects.toThrow('the end');
});

it('speech goes to an engine whose certificate is of an own CA, and to no other', async () => {
  const ca = await OfficeCa.create();
  const { certPem, keyPem } = await ca.issue('localhost');
  let asked = 0;
  const secured = createSecured({ cert: certPem, key: keyPem }, (_, response) => {
    asked += 1;
    response.end('{"text":"네."}');
  });
  secured.listen(0, 'localhost');
  await once(secured, 'listening');
  const url = `https://localhost:${(secured.address() as AddressInfo).port}`;
  expect((await faultOf(new SpeechEngine(settings({ url })))).message).toMatch(/UNABLE_TO_VERIFY/);
  const otherCa = (await OfficeCa.create()).pem;
  expect((await faultOf(new SpeechEngine(settings({ url, ca: otherCa })))).message).toMatch(/cannot be reached/);
  expect(asked).toBe(0);
  expect(await ask(new SpeechEngine(settings({ url, ca: ca.pem })))).toMatchObject({ text: '네.' });
  secured.close();
});
