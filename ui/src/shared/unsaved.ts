import { app, fail } from "../lib/app.svelte";
import { call, CallError } from "../lib/backend";
import * as m from "../lib/paraglide/messages.js";
import { toast } from "./toasts.svelte";

/** How long after the last key what was typed goes to the disk, milliseconds: a power cut loses at most one field. */
export const KEEP_IDLE_MS = 300;

/** What is typed and not saved, as the program keeps it: the unit it is for, and the screen's own words. */
interface Typed {
  unit: string;
  text: string;
}

/**
 * Keeps on the disk what is typed on a screen and not saved, so that it outlives the program: one write at a time and never an
 * older one after a newer. Nothing of it counts as saved.
 */
export class Keeper {
  private readonly waiting = new Map<string, ReturnType<typeof setTimeout>>();
  /** What the disk has; empty where a write failed. */
  private readonly kept = new Map<string, string>();
  private writing: Promise<void> = Promise.resolve();
  /** The data it was read from: what was typed into the sample never goes into the real file. */
  private data: string | null = null;
  private tooLong = new Set<string>();

  /** `read` gives what is typed under a key as it stands: null when nothing is, undefined while it is being saved. */
  constructor(
    private readonly screen: string,
    private readonly read: (key: string) => Typed | null | undefined,
  ) {}

  /** What an earlier run of the program kept, what was typed last at the end; null when this run has taken it in already. */
  async load(): Promise<string[] | null> {
    const data = here();
    if (this.data === data) return null;
    const { kept } = await call("unsaved.list", { prefix: this.address("") });
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
    this.kept.clear();
    for (const { key, text } of kept) this.kept.set(key, text);
    this.data = data;
    return kept.map(({ text }) => text).reverse();
  }

  /** Something was typed, saved or taken back. */
  later(key: string): void {
    clearTimeout(this.waiting.get(key));
    this.waiting.set(
      key,
      setTimeout(() => this.now(key), KEEP_IDLE_MS),
    );
  }

  /** A field or the screen is left: what waits need not wait for the next key. */
  leave(): void {
    for (const key of [...this.waiting.keys()]) this.now(key);
  }

  /** Drops what waits and awaits what is under way, so that nothing is kept after it was saved. Answers where it is kept. */
  async settle(key: string): Promise<string> {
    clearTimeout(this.waiting.get(key));
    this.waiting.delete(key);
    await this.writing;
    return this.address(key);
  }

  /** The same, with what is typed by now on the disk as it is: a save takes it away in one step with what it saves. */
  async flush(key: string): Promise<string> {
    this.now(key);
    const address = await this.settle(key);
    this.kept.set(address, ""); // The save is about to change it.
    return address;
  }

  private now(key: string): void {
    clearTimeout(this.waiting.get(key));
    this.waiting.delete(key);
    if (this.data !== here()) return;
    const [typed, address] = [this.read(key), this.address(key)];
    if (typed === undefined || (typed?.text ?? undefined) === this.kept.get(address)) return;
    if (typed === null) this.kept.delete(address);
    else this.kept.set(address, typed.text);
    this.writing = this.writing.then(() => this.write(address, typed));
  }

  private async write(address: string, typed: Typed | null): Promise<void> {
    try {
      if (typed === null) await call("unsaved.drop", { key: address });
      else await call("unsaved.keep", { key: address, ...typed });
      this.tooLong.delete(address);
    } catch (error) {
      this.kept.set(address, "");
      if (!(error instanceof CallError) || error.body.code !== "invalid") return fail(error);
      // Told once, not at every key.
      if (!this.tooLong.has(address)) toast({ text: m.unsaved_too_long(), tone: "danger" });
      this.tooLong.add(address);
    }
  }

  private address(key: string): string {
    return `${this.screen}|${key}`;
  }
}

/** Which data are open: the sample or the real ones. */
function here(): string {
  return app.state?.phase ?? "";
}
