// Runs one command with its output in a log file: the terminal stays readable, and nothing is lost when it fails.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { notes } from './checkout.mjs';

const TAIL_LINES = 30;
export const logPath = join(notes, 'setup.log');

/** Set-up could not go on, for a reason that the person can read; no stack is shown. */
export class SetupError extends Error {}

const running = new Set();

/** Who stops set-up stops what it runs, compilers and package managers included. */
function stopAll(signal) {
  for (const child of running) {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // it ended by itself
    }
  }
  process.exit(1);
}

function watch(child) {
  if (running.size === 0) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stopAll);
  running.add(child);
  child.on('close', () => {
    running.delete(child);
    if (running.size === 0) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stopAll);
  });
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} options
 */
export function runCommand(command, args, { cwd, env = process.env, onLine } = {}) {
  mkdirSync(dirname(logPath), { recursive: true });
  const shown = [command, ...args].join(' ');
  appendFileSync(logPath, `\n$ ${shown}\n`);
  return new Promise((resolve, reject) => {
    const tail = [];
    let unfinished = '';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    watch(child);
    const take = (chunk) => {
      appendFileSync(logPath, chunk);
      const lines = (unfinished + chunk).split(/\r?\n|\r/);
      unfinished = lines.pop() ?? '';
      for (const line of lines) {
        tail.push(line);
        if (tail.length > TAIL_LINES) tail.shift();
        onLine?.(line);
      }
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => reject(new SetupError(`${shown}\ncannot be run: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(undefined);
      if (unfinished) tail.push(unfinished);
      const how = signal ? `ended by ${signal}` : `ended with ${code}`;
      reject(new SetupError(`${shown}\n${how}. The end of its output (all of it: ${logPath}):\n\n${tail.join('\n')}`));
    });
  });
}
