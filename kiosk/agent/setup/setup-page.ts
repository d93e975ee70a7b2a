/**
 * The page itself: one document without anything to fetch, in the phone's language. It is no part of the controller, which
 * is large and expects a room.
 */
import { createHash } from 'node:crypto';

const WORDS = {
  en: {
    title: 'Connect this TV',
    lead: 'Enter the address of your organisation’s Maru server. IT knows it.',
    address: 'Server address',
    fingerprint: 'Fingerprint of the server (optional)',
    send: 'Connect',
    sent: 'The TV connects now. Go on there.',
    invalid: 'No address can be made of this. Please check it.',
    stale: 'This page is out of date. Scan the code on the TV again.',
    failed: 'The TV does not answer. Is this phone in the same network?',
    busy: 'Too many tries. Please wait a minute.',
  },
  ko: {
    title: 'TV 연결',
    lead: '사용 중인 마루 서버의 주소를 입력해 주세요. 주소는 IT 담당자에게 확인할 수 있습니다.',
    address: '서버 주소',
    fingerprint: '서버 지문(선택)',
    send: '연결',
    sent: 'TV가 연결을 시작했습니다. 이어서 TV 화면을 확인해 주세요.',
    invalid: '올바른 주소가 아닙니다. 다시 확인해 주세요.',
    stale: '이 페이지는 더 이상 사용할 수 없습니다. TV의 코드를 다시 스캔해 주세요.',
    failed: 'TV가 응답하지 않습니다. 휴대전화가 같은 네트워크에 있는지 확인해 주세요.',
    busy: '시도 횟수가 너무 많습니다. 1분 뒤에 다시 시도해 주세요.',
  },
};

const style = `
  :root { color-scheme: light dark; --ink: #1b1f24; --surface: #f6f6f3; --raised: #fff; --quiet: #5c6670; --accent: #1f5fbf; --on: #fff; --fault: #b3261e; --line: #8a939c }
  @media (prefers-color-scheme: dark) { :root { --ink: #f2f3f5; --surface: #14171b; --raised: #1f242a; --quiet: #a9b2bc; --accent: #8ab4f8; --on: #0b1a30; --fault: #ffb4ab; --line: #77818c } }
  * { box-sizing: border-box }
  body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 24px; background: var(--surface); color: var(--ink); font: 16px/1.5 Pretendard, system-ui, sans-serif }
  main { width: 100%; max-width: 420px; display: grid; gap: 20px }
  h1 { margin: 0; font-size: 28px; line-height: 1.25 }
  p { margin: 0; word-break: keep-all; overflow-wrap: anywhere }
  form { display: grid; gap: 16px }
  label { display: grid; gap: 6px; font-weight: 600 }
  input { font: inherit; font-size: 18px; min-height: 52px; padding: 0 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--raised); color: inherit; width: 100% }
  button { font: inherit; font-size: 20px; font-weight: 600; min-height: 56px; border: 0; border-radius: 12px; background: var(--accent); color: var(--on) }
  button:disabled { opacity: .6 }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
  [role=status] { min-height: 48px; font-weight: 600 }
  [role=status].fault { color: var(--fault) }
  [lang] { display: contents }
`;

const script = `
  const words = ${JSON.stringify(WORDS)}[navigator.language.startsWith('ko') ? 'ko' : 'en'];
  document.documentElement.lang = words === undefined ? 'en' : (navigator.language.startsWith('ko') ? 'ko' : 'en');
  document.title = words.title;
  for (const node of document.querySelectorAll('[data-word]')) node.textContent = words[node.dataset.word];
  const key = location.hash.slice(1);
  const form = document.querySelector('form'), status = document.querySelector('[role=status]'), button = document.querySelector('button');
  const show = (word, isFault) => { status.textContent = words[word]; status.className = isFault ? 'fault' : '' };
  if (key === '') show('stale', true);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const body = JSON.stringify({ key, address: form.address.value, caSha256: form.fingerprint.value });
      const answer = await fetch('/address', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (answer.status === 204) { show('sent', false); form.hidden = true }
      else show({ 403: 'stale', 422: 'invalid', 429: 'busy' }[answer.status] ?? 'failed', true);
    } catch { show('failed', true) }
    button.disabled = false;
  });
`;

export const setupPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Maru</title><style>${style}</style></head>
<body><main><h1 data-word="title"></h1><p data-word="lead"></p>
<form><label><span data-word="address"></span><input name="address" autocomplete="off" autocapitalize="none" spellcheck="false" inputmode="url" required maxlength="300" placeholder="maru.example.com"></label>
<label><span data-word="fingerprint"></span><input name="fingerprint" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="200"></label>
<button type="submit" data-word="send"></button></form>
<p role="status"></p></main><script>${script}</script></body></html>`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
export const setupPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; connect-src 'self'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
