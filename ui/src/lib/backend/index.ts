import type { ErrorBody } from "../generated/contract";
import { http } from "./http";
import { insideShell, tauri } from "./tauri";
import { type Backend, CallError, type CommandName, type Input, type Output, type Topic } from "./types";

export { query, type Query } from "./query.svelte";
export { CallError, type Topic } from "./types";

const backend: Backend = insideShell() ? tauri : http;
const listeners = new Set<(topics: Topic[]) => void>();
let stop: (() => void) | null = null;

/** Runs one use case. Rejects with a `CallError`. */
export async function call<K extends CommandName>(name: K, input: Input<K>): Promise<Output<K>> {
  try {
    return (await backend.call(name, input)) as Output<K>;
  } catch (reason) {
    throw new CallError(asErrorBody(reason), name);
  }
}

/** Hears every notice of change until the returned function is called. The line to the backend opens once. */
export function onChanged(hear: (topics: Topic[]) => void): () => void {
  listeners.add(hear);
  stop ??= backend.listen((topics) => listeners.forEach((listener) => listener(topics)));
  return () => listeners.delete(hear);
}

/** Tells the shell that the first screen is painted. */
export function ready(): void {
  backend.ready();
}

function asErrorBody(reason: unknown): ErrorBody {
  const body = reason as Partial<ErrorBody> | null;
  if (body && typeof body === "object" && typeof body.code === "string") {
    return { code: body.code, findings: body.findings ?? [], reference: body.reference ?? null };
  }
  return { code: "internal", findings: [], reference: typeof reason === "string" ? reason : null };
}
