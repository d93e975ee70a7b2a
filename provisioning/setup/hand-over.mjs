// Runs the program that set-up was for, as if it had been started itself: same terminal, same signals, same exit code.
import { spawn } from 'node:child_process';

const PASSED_ON = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];
const ORPHAN_CHECK_MS = 1000;

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ env: NodeJS.ProcessEnv, lifeline?: boolean }} options `lifeline`: an IPC channel whose end tells the program
 * that this process is gone, however it went
 */
export function handOver(command, args, { env, lifeline = false }) {
  const child = spawn(command, args, { env, stdio: lifeline ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit' });
  const passOn = (signal) => child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, passOn);

  // npm passes SIGTERM on; a npm or shell that was killed outright cannot, and then this process has another parent.
  const parent = process.ppid;
  const orphanCheck = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) child.kill('SIGTERM');
  }, ORPHAN_CHECK_MS);
  orphanCheck.unref();

  child.on('error', (error) => {
    process.stderr.write(`${command} cannot be run: ${error.message}\n`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => {
    clearInterval(orphanCheck);
    for (const name of PASSED_ON) process.off(name, passOn);
    if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}
