/**
 * For tests: a real SMTP server (Debian's aiosmtpd) that keeps what it accepts, read by Python's `email` and by vobject, so
 * that other programs than ours judge our mails.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

export type Part = {
  type: string;
  method: string | null;
  charset: string | null;
  disposition: string | null;
  text: string;
  /** its content as base64 */
  base64: string;
};
export type Event = {
  method: string;
  uid: string;
  sequence: string;
  status: string;
  summary: string;
  location: string | null;
  url: string | null;
  startsAt: string;
  endsAt: string;
  organizer: { value: string; cn: string };
  attendees: { value: string; cn: string; rsvp: string }[];
};
export type ArrivedMail = {
  envelopeFrom: string;
  envelopeTo: string[];
  headers: [string, string][];
  subject: string;
  from: { name: string; address: string };
  to: { name: string; address: string }[];
  parts: Part[];
  event: Event | null;
};

const PROGRAM = `
import base64, email, email.policy, json, ssl, sys, time, vobject
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
options = json.loads(sys.argv[1])

def event_of(text):
    calendar = vobject.readOne(text)
    event = calendar.vevent
    value = lambda name: event.contents[name][0].value if name in event.contents else None
    param = lambda line, name: line.params.get(name, [''])[0]
    return dict(method=calendar.method.value, uid=value('uid'), sequence=value('sequence'), status=value('status'),
        summary=value('summary'), location=value('location'), url=value('url'),
        startsAt=value('dtstart').isoformat(), endsAt=value('dtend').isoformat(),
        organizer=dict(value=value('organizer'), cn=param(event.organizer, 'CN')),
        attendees=[dict(value=a.value, cn=param(a, 'CN'), rsvp=param(a, 'RSVP')) for a in event.contents.get('attendee', [])])

class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith('nobody@'):
            return '550 no such mailbox'
        if address.startswith('busy@'):
            return '451 try later'
        envelope.rcpt_tos.append(address)
        return '250 OK'
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = [dict(type=p.get_content_type(), method=p.get_param('method'), charset=p.get_content_charset(),
            disposition=p.get_content_disposition(), base64=base64.b64encode(p.get_payload(decode=True)).decode(),
            text=p.get_payload(decode=True).decode(p.get_content_charset() or 'utf-8', 'replace')) for p in message.walk() if not p.is_multipart()]
        calendars = [p['text'] for p in parts if p['type'] == 'text/calendar']
        named = lambda header: [dict(name=a.display_name, address=a.addr_spec) for a in header.addresses]
        print(json.dumps(dict(envelopeFrom=envelope.mail_from, envelopeTo=envelope.rcpt_tos,
            headers=[[k, str(v)] for k, v in message.items()], subject=str(message['subject']),
            **{'from': named(message['from'])[0]}, to=named(message['to']), parts=parts,
            event=event_of(calendars[0]) if calendars else None)), flush=True)
        return '250 OK'

settings = {}
if options.get('cert'):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options['cert'], options['key'])
    settings = dict(tls_context=context, require_starttls=True, auth_required=True,
        authenticator=lambda server, session, envelope, mechanism, data: AuthResult(
            success=data.login == options['user'].encode() and data.password == options['password'].encode()))
controller = Controller(Handler(), hostname='127.0.0.1', port=options['port'], enable_SMTPUTF8=True, **settings)
controller.start()
print('ready', flush=True)
sys.stdin.read()
controller.stop()
`;

/** Refuses `nobody@…` for good and `busy@…` for now. With `cert` it wants STARTTLS and a password. */
export class MailServerUnderTest {
  readonly mails: ArrivedMail[] = [];
  port = 0;
  readonly #options: { namespace?: string };
  #process: ChildProcess | null = null;

  /** @param namespace the network in which it listens on loopback; absent: the test's own */
  constructor(options: { cert?: string; key?: string; user?: string; password?: string; namespace?: string } = {}) {
    this.#options = options;
  }

  /** A port that stays the same over restarts. */
  async reservePort(): Promise<void> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    server.close();
    await once(server, 'close');
  }

  async start(): Promise<void> {
    if (this.port === 0) await this.reservePort();
    // Debian's own: its packages are not those of another Python in PATH
    const { namespace } = this.#options;
    const python = ['/usr/bin/python3', '-c', PROGRAM, JSON.stringify({ ...this.#options, port: this.port })];
    const [command, ...args] = namespace === undefined ? python : ['ip', 'netns', 'exec', namespace, ...python];
    const child = spawn(command!, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process = child;
    const ready = Promise.withResolvers<void>();
    child.on('exit', () => ready.reject(new Error('the SMTP server ended')));
    createInterface(child.stdout!).on('line', (text) => {
      if (text === 'ready') ready.resolve();
      else this.mails.push(JSON.parse(text) as ArrivedMail);
    });
    await ready.promise;
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  to(address: string): ArrivedMail[] {
    return this.mails.filter(({ envelopeTo }) => envelopeTo.includes(address));
  }
}
