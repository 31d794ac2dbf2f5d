import { untrack } from "svelte";

import { onChanged } from "./index";
import { CallError, type Topic } from "./types";

export interface Query<T> {
  /** The latest answer; the one before stays while a new one is awaited. */
  readonly data: T | undefined;
  readonly error: CallError | undefined;
  /** Runs again, e.g. after a button. */
  again(): void;
}

/**
 * An answer that keeps itself up to date: it runs again when a notice names one of its topics, and when state that `run`
 * reads changes. Call it while a component is set up. A late answer never replaces a newer one.
 */
export function query<T>(options: { topics: Topic[]; run: () => Promise<T> }): Query<T> {
  let data = $state.raw<T>();
  let error = $state.raw<CallError>();
  let runs = $state(0);
  let latest = 0;

  $effect(() => {
    void runs;
    const mine = ++latest;
    options.run().then(
      (answer) => {
        if (mine !== latest) return;
        data = answer;
        error = undefined;
      },
      (reason: unknown) => {
        if (mine === latest && reason instanceof CallError) error = reason;
      },
    );
  });

  $effect(() => {
    const stop = onChanged((topics) => {
      if (topics.some((topic) => options.topics.includes(topic))) runs++;
    });
    return () => {
      stop();
      latest++;
    };
  });

  return {
    get data() {
      return data;
    },
    get error() {
      return error;
    },
    again() {
      untrack(() => runs++);
    },
  };
}
