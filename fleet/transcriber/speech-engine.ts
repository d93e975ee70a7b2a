/** One request to an engine: a WAV file becomes words, within a deadline and bounds, and nowhere else than where IT named it. */
import { randomUUID } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Language } from '#contract/schema.ts';
import { type EngineAnswer, parseEngineAnswer } from './engine-answer.ts';
import { EngineFault } from './engine-fault.ts';
import type { SpeechEngineSettings } from './speech-settings.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;
/** What it answers, with how sure it is of it; and what every engine has. */
type AnswerFormat = 'verbose_json' | 'json';
/** Anything else of 400 and more may be about the format. */
const NOT_ABOUT_FORMAT: readonly number[] = [401, 403, 404, 405, 407, 408, 413, 429, 502, 503, 504];

export class SpeechEngine {
  readonly #settings: SpeechEngineSettings;
  #format: AnswerFormat = 'verbose_json';

  constructor(settings: SpeechEngineSettings) {
    this.#settings = settings;
  }

  /**
   * @param wav of 16 kHz, mono
   * @param language of the meeting
   * @throws EngineFault; what ended `signal`
   */
  async transcribe(wav: Buffer, language: Language, signal: AbortSignal): Promise<EngineAnswer> {
    const format = this.#format;
    try {
      return await this.#ask(wav, language, format, signal);
    } catch (error) {
      const isAboutFormat =
        error instanceof EngineFault && error.status !== null && !NOT_ABOUT_FORMAT.includes(error.status);
      if (!isAboutFormat || error.status! < 400 || format === 'json') throw error;
      const answer = await this.#ask(wav, language, 'json', signal);
      // it knows no other, so the next ones ask for it at once
      this.#format = 'json';
      return answer;
    }
  }

  async #ask(wav: Buffer, language: Language, format: AnswerFormat, signal: AbortSignal): Promise<EngineAnswer> {
    const { model, timeoutSeconds, language: fixedLanguage } = this.#settings;
    const form = multipart(wav, {
      model,
      language: fixedLanguage ?? language,
      response_format: format,
      temperature: '0',
    });
    const limit = AbortSignal.timeout(timeoutSeconds * 1_000);
    try {
      return parseEngineAnswer(await this.#post(form, AbortSignal.any([signal, limit])));
    } catch (error) {
      if (error instanceof EngineFault) throw error;
      signal.throwIfAborted();
      if (limit.aborted) throw new EngineFault(`no answer within ${timeoutSeconds} s`);
      throw new EngineFault(`cannot be reached: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`);
    }
  }

  /** @returns the body of its answer */
  #post({ body, contentType }: Form, signal: AbortSignal): Promise<string> {
    const { url, path, key, ca } = this.#settings;
    const target = new URL(url.replace(/\/$/, '') + path);
    const headers = {
      accept: 'application/json',
      'content-type': contentType,
      'content-length': body.length,
      'user-agent': 'Maru',
      ...(key !== null && { authorization: `Bearer ${key}` }),
    };
    const options = { method: 'POST', agent: false, headers, signal } as const;
    return new Promise((resolve, reject) => {
      const call =
        target.protocol === 'https:'
          ? requestHttps(target, { ...options, ...(ca !== null && { ca }) })
          : requestHttp(target, options);
      call.on('error', reject);
      call.on('response', (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        const end = (fault: EngineFault): void => {
          reject(fault);
          call.destroy();
        };
        response.on('error', reject);
        const status = response.statusCode ?? 0;
        if (status >= 300 && status < 400) return end(new EngineFault(`redirects (${status}), which is not followed`));
        if (status < 200 || status >= 300) return end(new EngineFault(`answers ${status}${hintOf(status)}`, status));
        response.on('data', (part: Buffer) => {
          size += part.length;
          parts.push(part);
          if (size > MAX_ANSWER_BYTES) end(new EngineFault('answers more than 1 MB'));
        });
        response.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
        response.on('aborted', () => end(new EngineFault('broke off its answer')));
      });
      call.end(body);
    });
  }
}

function hintOf(status: number): string {
  if (status === 401 || status === 403) return ': it refuses the key';
  if (status === 404 || status === 405) return ': is the path right?';
  if (status === 413) return ': it does not accept files of 1 MB';
  return '';
}

type Form = { body: Buffer; contentType: string };

/** RFC 7578. The values are ours or IT's, and no part of them ends a line. */
function multipart(wav: Buffer, fields: Readonly<Record<string, string>>): Form {
  const boundary = `maru-${randomUUID()}`;
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="speech.wav"\r\ncontent-type: audio/wav\r\n\r\n`;
  return {
    body: Buffer.concat([Buffer.from(parts.join('') + file), wav, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}
