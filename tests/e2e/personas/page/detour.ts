/**
 * Sends a page's media through the tests' proxy: the node's candidates are rewritten where the browser is told of them,
 * at the last edge before its own code. Who listens there instead, the test says (`maruDetour`).
 */
declare global {
  interface Window {
    maruDetour?: (protocol: string, address: string, port: number) => Promise<{ address: string; port: number }>;
  }
}

/** RFC 8839, 5.1: foundation component protocol priority address port ... */
const CANDIDATE = /^a=candidate:(\S+ \d+ )(udp|tcp)( \d+ )(\S+) (\d+)( .*)$/i;

export function detourCandidates(): void {
  const setRemote = RTCPeerConnection.prototype.setRemoteDescription as (
    description: RTCSessionDescriptionInit,
  ) => Promise<void>;
  RTCPeerConnection.prototype.setRemoteDescription = async function (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ) {
    if (window.maruDetour === undefined) return setRemote.call(this, description);
    const lines = await Promise.all((description.sdp ?? '').split('\r\n').map(detour));
    return setRemote.call(this, { type: description.type, sdp: lines.join('\r\n') });
  };
}

async function detour(line: string): Promise<string> {
  const found = CANDIDATE.exec(line);
  if (found === null) return line;
  const [, before, protocol, priority, address, port, after] = found as unknown as string[];
  const instead = await window.maruDetour!(protocol!.toLowerCase(), address!, Number(port));
  return `a=candidate:${before}${protocol}${priority}${instead.address} ${instead.port}${after}`;
}
