// The built programs, as processes that end with the test that started them.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../../..");
const BINARIES = process.env.HOCVU_BINARIES ?? join(ROOT, "target/debug");

/** Xã Long Hòa, and the hamlet of it that tests write for. */
export const COMMUNE = "new:29413";
export const HAMLET = { uid: "u:hoa-thuan", name: "Ấp Hòa Thuận" };
export const SCHOOL = { uid: "u:thcs-long-hoa", name: "Trường THCS Long Hòa" };
export const USER = "Nguyễn Thị Lan";

/** A running program that listens. */
export interface Server {
  address: string;
  /** Ends it at once. */
  stop: () => Promise<void>;
}

/** A folder and the processes that work in it; all of it goes away with `end`. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), "hocvu-web-"));
  private readonly processes: ChildProcess[] = [];

  /** Starts a program and waits until it prints an address. */
  async serve(program: string, words: string[]): Promise<Server> {
    const child = spawn(join(BINARIES, program), words, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], env: withoutBus() });
    this.processes.push(child);
    let said = "";
    return new Promise((found, failed) => {
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        const address = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
        if (address) found({ address, stop: () => ended(child) });
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.on("error", failed);
      child.on("exit", (code) => failed(new Error(`${program} ended with ${code}: ${said}`)));
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.processes.splice(0).map(ended));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end and returns what it printed. */
export function run(program: string, words: string[]): string {
  return execFileSync(join(BINARIES, program), words, { cwd: ROOT, encoding: "utf8", stdio: "pipe", env: withoutBus() });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.removeAllListeners("exit");
    child.once("exit", () => done());
    child.kill("SIGKILL");
  });
}

/** Keys go to a file of the test, never to the keyring of the person who runs it. */
function withoutBus(): NodeJS.ProcessEnv {
  const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = process.env;
  return env;
}
