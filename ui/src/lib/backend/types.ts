import type { Commands, ErrorBody } from "../generated/contract";

/** What a `changed` notice may name. */
export type Topic = "state" | "enrol" | "sessions" | "drafts" | "sync" | "office" | "usb" | "imports";

export type CommandName = keyof Commands;
export type Input<K extends CommandName> = Commands[K]["input"];
export type Output<K extends CommandName> = Commands[K]["output"];

/** One way to reach the use cases. The desktop shell and the HTTP harness each have one. */
export interface Backend {
  /** Rejects with an `ErrorBody`. */
  call(name: string, input: unknown): Promise<unknown>;
  /** Tells which topics changed, until the returned function is called. */
  listen(hear: (topics: Topic[]) => void): () => void;
  /** The first screen is painted: the shell may show its window. */
  ready(): void;
}

/** A refused or failed call. Screens decide by `body.code` and never read `message`. */
export class CallError extends Error {
  constructor(
    readonly body: ErrorBody,
    name: string,
  ) {
    super(`${name}: ${body.code}`);
  }
}

export const ALL_TOPICS: Topic[] = ["state", "enrol", "sessions", "drafts", "sync", "office", "usb", "imports"];
